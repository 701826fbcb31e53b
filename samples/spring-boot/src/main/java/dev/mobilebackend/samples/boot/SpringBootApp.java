// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.boot;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static java.time.Duration.ofMinutes;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.health.Health;
import dev.mobilebackend.core.health.HealthServlet;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.tomcat.TomcatProblems;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;

/** Spring Boot, with the Spring Security that the team has already, behind the edge and its accounts. */
@SpringBootApplication(exclude = {UserDetailsServiceAutoConfiguration.class, ErrorMvcAutoConfiguration.class})
public class SpringBootApp {

    public static void main(String... arguments) {
        SpringApplication.run(SpringBootApp.class, arguments);
    }

    /** Who may reach what; nothing else is served. */
    @Bean
    Edge edge(Auth auth) {
        return Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK)) // for development
                .authenticate(auth.bearerStep())
                .limit(perClient(300, ofMinutes(1)))
                .routes(auth.routes())
                .routes(routes -> routes.open(GET, "/v1/products/{id}")
                        .signedIn(GET, "/v1/me")
                        .signedIn(GET, "/v1/reports")
                        .open(GET, "/health/live")
                        .unlimited()
                        .open(GET, "/health/ready")
                        .unlimited())
                .build();
    }

    /** Before everything else, Spring Security included. */
    @Bean
    FilterRegistrationBean<Edge> edgeFirst(Edge edge) {
        var registration = new FilterRegistrationBean<>(edge);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
        return registration;
    }

    /** What Tomcat refuses by itself; last, so that it comes before Boot's own page. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problems() {
        return factory -> {
            // Not before the edge lets a body in.
            factory.addConnectorCustomizers(connector -> connector.setProperty("continueResponseTiming", "onRead"));
            factory.addContextCustomizers(
                    context -> context.getParent().getPipeline().addValve(new TomcatProblems()));
        };
    }

    /** What the team has already. It goes by the caller that the edge has found, and leaves the rest to the edge. */
    @Bean
    SecurityFilterChain rules(HttpSecurity http) {
        return http.authorizeHttpRequests(rules -> rules.requestMatchers("/v1/reports")
                        .hasRole("auditor")
                        .anyRequest()
                        .permitAll())
                .addFilterBefore(new EdgeCaller(), AnonymousAuthenticationFilter.class)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable) // no cookie says who is calling
                .build();
    }

    @Bean
    Database database(DataSource pool) {
        Database database = Database.of(pool);
        Schema.install(database, Schema.CORE, AuthSchema.TABLES);
        return database;
    }

    /** This sample has no mail provider: what would be sent is printed. */
    @Bean
    Auth auth(Database database, ObjectProvider<Auth> auth, @Value("${SECRET_FILE:data/secret}") Path secretFile) {
        var secret = ServerSecret.ofFile(secretFile, Ambient.random());
        return Auth.builder(
                        database,
                        secret,
                        (handle, notice) -> Database.afterCommit(handle, () -> auth.getObject()
                                .accounts()
                                .message(notice)
                                .ifPresent(mail -> System.out.println("spring-boot: mail to " + mail.to() + ": "
                                        + mail.subject() + " " + mail.code()))))
                .build();
    }

    @Bean
    Health health(Database database) {
        return Health.of(database);
    }

    /** An account with a role, for who gives it a password. */
    @Bean
    ApplicationRunner auditor(Auth auth, @Value("${AUDITOR_PASSWORD:}") String password) {
        return started -> {
            if (!password.isEmpty()) {
                auth.accounts()
                        .tryCreate(
                                EmailAddress.parse("auditor@example.org"),
                                password.toCharArray(),
                                Set.of("auditor"),
                                Instant.now());
            }
        };
    }

    @Bean
    ServletRegistrationBean<HttpServlet> authServlet(Auth auth) {
        return new ServletRegistrationBean<>(auth.servlet(), auth.path() + "/*");
    }

    @Bean
    ServletRegistrationBean<HttpServlet> jwksServlet(Auth auth) {
        return new ServletRegistrationBean<>(auth.jwksServlet(), Auth.JWKS_PATH);
    }

    @Bean
    ServletRegistrationBean<HttpServlet> healthServlet(Health health) {
        return new ServletRegistrationBean<>(new HealthServlet(health), "/health/*");
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        Environment settings = event.getApplicationContext().getEnvironment();
        System.out.println("spring-boot: ready on http://" + settings.getProperty("server.address") + ":"
                + settings.getProperty("local.server.port"));
    }

    @EventListener
    void closing(ContextClosedEvent event) {
        event.getApplicationContext().getBean(Health.class).drain();
    }
}
