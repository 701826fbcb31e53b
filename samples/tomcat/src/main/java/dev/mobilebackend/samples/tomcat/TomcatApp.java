// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.tomcat;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static java.time.Duration.ofMinutes;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.health.Drain;
import dev.mobilebackend.core.health.DrainPolicy;
import dev.mobilebackend.core.health.Health;
import dev.mobilebackend.core.health.HealthServlet;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.tomcat.TomcatProblems;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;

/** An embedded Tomcat with plain servlets behind the edge, and accounts. */
public final class TomcatApp {

    private final HikariDataSource pool = pool();
    private final Database database = Database.of(pool);
    private final Health health = Health.of(database);
    // Behind a load balancer, with seconds of grace instead: until it has noticed.
    private final Drain drain = new Drain(health, DrainPolicy.usual().grace(Duration.ZERO));
    private final Auth auth;
    private final Tomcat tomcat = new Tomcat();

    private TomcatApp() {
        Schema.install(database, Schema.CORE, AuthSchema.TABLES);
        var secret = ServerSecret.ofFile(Path.of("data", "secret"), Ambient.random());
        auth = Auth.builder(database, secret, (handle, notice) -> Database.afterCommit(handle, () -> mail(notice)))
                .build();
    }

    public static void main(String... arguments) throws LifecycleException {
        new TomcatApp().start();
    }

    /** Who may reach what; nothing else is served. */
    private Edge edge() {
        return Edge.builder()
                .observe(drain)
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK)) // for development
                .authenticate(auth.bearerStep())
                .limit(perClient(300, ofMinutes(1)))
                .routes(auth.routes())
                .routes(routes -> routes.open(GET, "/v1/products/{id}")
                        .signedIn(GET, "/v1/me")
                        .open(GET, "/health/live")
                        .unlimited()
                        .open(GET, "/health/ready")
                        .unlimited())
                .build();
    }

    private void start() throws LifecycleException {
        var connector = new Connector();
        connector.setPort(Integer.parseInt(setting("PORT", "8080")));
        connector.setProperty("address", setting("HOST", "127.0.0.1"));
        tomcat.setConnector(connector);
        ((StandardHost) tomcat.getHost()).setErrorReportValveClass(TomcatProblems.class.getName());
        Context application = tomcat.addContext("", null);
        application.addServletContainerInitializer((classes, context) -> serve(context), Set.of());
        tomcat.start();
        if (!application.getState().isAvailable()) {
            // Tomcat logs what an application failed with, and goes on without it.
            stop();
            throw new IllegalStateException("the application did not start, for the reason that Tomcat has logged");
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
        System.out.println("tomcat: ready on http://" + setting("HOST", "127.0.0.1") + ":" + connector.getLocalPort());
    }

    private void serve(ServletContext context) {
        var filter = context.addFilter("edge", edge());
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
        context.addServlet("products", new ProductServlet()).addMapping("/v1/products/*");
        context.addServlet("me", new MeServlet(auth.accounts())).addMapping("/v1/me");
        context.addServlet("auth", auth.servlet()).addMapping(auth.path() + "/*");
        context.addServlet("keys", auth.jwksServlet()).addMapping(Auth.JWKS_PATH);
        context.addServlet("health", new HealthServlet(health)).addMapping("/health/*");
        // Where no servlet is mapped, Tomcat answers by itself and the edge never sees the request.
        context.addServlet("nothing", new HttpServlet() {}).addMapping("/");
    }

    /** Lets what is being answered end. */
    private void stop() {
        drain.run(() -> {
            try {
                tomcat.stop();
            } catch (LifecycleException unstoppable) {
                throw new IllegalStateException("Tomcat did not stop", unstoppable);
            }
        });
        auth.close();
        pool.close();
        System.out.println("tomcat: stopped");
    }

    /** This sample has no mail provider: what would be sent is printed. */
    private void mail(Notice notice) {
        auth.accounts()
                .message(notice)
                .ifPresent(mail ->
                        System.out.println("tomcat: mail to " + mail.to() + ": " + mail.subject() + " " + mail.code()));
    }

    private static HikariDataSource pool() {
        var config = new HikariConfig();
        // H2's own shutdown hook would close the database under requests that are still being answered.
        config.setJdbcUrl(setting("DATABASE_URL", "jdbc:h2:file:./data/tomcat;DB_CLOSE_ON_EXIT=FALSE"));
        config.setUsername(setting("DATABASE_USER", ""));
        config.setPassword(setting("DATABASE_PASSWORD", ""));
        return new HikariDataSource(config);
    }

    private static String setting(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}
