// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance.springboot;

import dev.mobilebackend.conformance.Application;
import dev.mobilebackend.conformance.EdgeConformance;
import dev.mobilebackend.core.tomcat.TomcatProblems;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The edge in Spring Boot 4 with Spring MVC on Tomcat 11. */
class SpringBootTest extends EdgeConformance {

    @Override
    protected boolean servesFrameworkPaths() {
        return true;
    }

    @Override
    protected Running start(Application application, Threads threads) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(Backend.class)
                .web(WebApplicationType.SERVLET)
                .initializers(starting -> starting.getBeanFactory().registerSingleton("application", application))
                .properties(
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "server.tomcat.connection-timeout=" + application.patience(),
                        "spring.main.banner-mode=off",
                        // Boot's own problems must not show beside the edge's.
                        "spring.mvc.problemdetails.enabled=true",
                        // Boot would read every body as UTF-8, whatever the client says.
                        "spring.servlet.encoding.enabled=false",
                        "spring.threads.virtual.enabled=" + (threads == Threads.VIRTUAL))
                .run();
        return new RunningBoot((ServletWebServerApplicationContext) context);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Controllers.class)
    static class Backend {

        @Bean
        FilterRegistrationBean<Filter> neighbour(Application application) {
            return first(application.neighbour(), Ordered.HIGHEST_PRECEDENCE, "/*");
        }

        @Bean
        FilterRegistrationBean<Filter> edge(Application application) {
            return first(application.edge(), Ordered.HIGHEST_PRECEDENCE + 1, application.mapping());
        }

        private static FilterRegistrationBean<Filter> first(Filter filter, int order, String paths) {
            var registration = new FilterRegistrationBean<>(filter);
            registration.addUrlPatterns(paths);
            registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
            registration.setOrder(order);
            return registration;
        }

        @Bean
        ServletContextInitializer servlets(Application application) {
            return context -> application.onStartup(Set.of(), context);
        }

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> problems() {
            return factory -> {
                factory.addConnectorCustomizers(connector -> connector.setProperty("continueResponseTiming", "onRead"));
                factory.addContextCustomizers(
                        context -> context.getParent().getPipeline().addValve(new TomcatProblems()));
            };
        }
    }

    private record RunningBoot(ServletWebServerApplicationContext context) implements Running {

        @Override
        public int port() {
            return context.getWebServer().getPort();
        }

        @Override
        public void stop() {
            context.close();
        }
    }
}
