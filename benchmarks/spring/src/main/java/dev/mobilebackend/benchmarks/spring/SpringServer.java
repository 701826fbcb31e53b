// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.spring;

import dev.mobilebackend.benchmarks.ServerJvm;
import dev.mobilebackend.benchmarks.edge.Product;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Spring Boot as its documentation sets it up for an app's requests: web MVC on its own Tomcat, Spring Security as a
 * resource server for JWTs, without sessions, and a Bucket4j filter before it.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ProductController.class)
public class SpringServer {

    /** As many at the start as at the end: what a thread has used is forgotten when it ends. */
    private static final int THREADS = 16;

    /** Starts it, with the algorithm that tokens are signed by as its argument. */
    public static void main(String[] arguments) throws Exception {
        var application = new SpringApplication(SpringServer.class);
        application.setDefaultProperties(Map.of(
                "server.address", "127.0.0.1",
                "server.port", "0",
                "server.tomcat.threads.max", THREADS,
                "server.tomcat.threads.min-spare", THREADS,
                "server.tomcat.max-keep-alive-requests", "-1",
                "server.tomcat.connection-timeout", "10m",
                "server.tomcat.keep-alive-timeout", "10m",
                "spring.main.banner-mode", "off",
                "logging.level.root", "warn"));
        Tokens tokens = Tokens.signedBy(arguments[0]);
        application.addInitializers(context -> context.getBeanFactory().registerSingleton("tokens", tokens));
        try (ConfigurableApplicationContext context = application.run()) {
            int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            ServerJvm.answer(port, tokens::next);
        }
    }

    @Bean
    FilterRegistrationBean<ClientLimit> clientLimit() {
        var registration = new FilterRegistrationBean<>(new ClientLimit());
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    @Bean
    SecurityFilterChain rules(HttpSecurity http) {
        return http.csrf(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .authorizeHttpRequests(requests -> requests.requestMatchers(HttpMethod.GET, Product.PATH)
                        .authenticated()
                        .anyRequest()
                        .denyAll())
                .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
                .build();
    }

    @Bean
    JwtDecoder decoder(Tokens tokens) {
        return tokens.decoder();
    }
}
