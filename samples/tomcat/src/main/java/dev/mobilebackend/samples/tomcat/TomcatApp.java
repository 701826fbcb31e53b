// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.tomcat;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static java.time.Duration.ofMinutes;

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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;

/** An embedded Tomcat with plain servlets behind the edge, and accounts. */
public final class TomcatApp {

    private final Settings settings;
    private final HikariDataSource pool;
    private final Health health;
    private final Drain drain;
    private final Auth auth;
    private final Tomcat tomcat = new Tomcat();

    private TomcatApp(Settings settings) {
        this.settings = settings;
        ServerSecret secret = secret();
        pool = settings.connect();
        Database database = Database.of(pool);
        Schema.install(database, Schema.CORE, AuthSchema.TABLES);
        health = Health.of(database);
        // Behind a load balancer, with seconds of grace instead: until it has noticed.
        drain = new Drain(health, DrainPolicy.usual().grace(Duration.ZERO));
        auth = Auth.builder(database, secret, (handle, notice) -> Database.afterCommit(handle, () -> mail(notice)))
                .build();
    }

    public static void main(String... arguments) {
        try {
            new TomcatApp(Settings.from(System.getenv())).start();
        } catch (IllegalArgumentException unusable) {
            System.err.println("tomcat: " + unusable.getMessage());
            System.exit(2);
        }
    }

    private static ServerSecret secret() {
        try {
            return ServerSecret.ofFile(Path.of("data", "secret"), Ambient.random());
        } catch (UncheckedIOException unusable) {
            throw new IllegalArgumentException(unusable.getMessage() + ": make the folder writable", unusable);
        }
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

    private void start() {
        var connector = new Connector();
        connector.setPort(settings.port());
        connector.setProperty("address", settings.host().getHostAddress());
        connector.setThrowOnFailure(true); // otherwise Tomcat goes on without listening
        connector.setProperty("continueResponseTiming", "onRead"); // not before the edge lets a body in
        tomcat.setConnector(connector);
        ((StandardHost) tomcat.getHost()).setErrorReportValveClass(TomcatProblems.class.getName());
        Context application = tomcat.addContext("", null);
        var page = new ErrorPage(); // never reached: the edge is asked instead
        page.setLocation("/");
        application.addErrorPage(page);
        application.addServletContainerInitializer((classes, context) -> serve(context), Set.of());
        try {
            tomcat.start();
        } catch (LifecycleException unable) {
            close();
            throw settings.unusable(unable);
        }
        if (!application.getState().isAvailable()) {
            // Tomcat logs what an application failed with, and goes on without it.
            stop();
            throw new IllegalStateException("the application did not start, for the reason that Tomcat has logged");
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
        System.out.println(
                "tomcat: ready on http://" + settings.host().getHostAddress() + ":" + connector.getLocalPort());
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
        close();
        System.out.println("tomcat: stopped");
    }

    private void close() {
        auth.close();
        pool.close();
    }

    /** This sample has no mail provider: what would be sent is printed. */
    private void mail(Notice notice) {
        auth.accounts()
                .message(notice)
                .ifPresent(mail ->
                        System.out.println("tomcat: mail to " + mail.to() + ": " + mail.subject() + " " + mail.code()));
    }
}
