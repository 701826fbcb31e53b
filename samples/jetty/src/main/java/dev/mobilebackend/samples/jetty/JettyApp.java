// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.jetty;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static java.time.Duration.ofMinutes;

import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.health.Health;
import dev.mobilebackend.core.health.HealthServlet;
import dev.mobilebackend.core.jetty.JettyProblems;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;

/** A plain Jetty with servlets behind the edge, and tokens of its own. */
public final class JettyApp {

    private static final SchemaPart TABLES =
            new SchemaPart("jetty", JettyApp.class.getClassLoader(), List.of("V901__jetty.sql"));

    private JettyApp() {}

    public static void main(String... arguments) throws Exception {
        try {
            run(Settings.from(System.getenv()));
        } catch (IllegalArgumentException unusable) {
            System.err.println("jetty: " + unusable.getMessage());
            System.exit(2);
        }
    }

    private static void run(Settings settings) throws Exception {
        HikariDataSource pool = settings.connect();
        Database database = Database.of(pool);
        Schema.install(database, TABLES);
        var tokens = new ApiTokens(database);
        var health = Health.of(database);

        var edge = Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK)) // for development
                .authenticate(tokens)
                .limit(perClient(300, ofMinutes(1)))
                .routes(routes -> routes.open(GET, "/v1/greetings/{name}")
                        .signedIn(GET, "/v1/me")
                        .open(GET, "/health/live")
                        .unlimited()
                        .open(GET, "/health/ready")
                        .unlimited())
                .build();

        var context = new ServletContextHandler("/");
        context.addServletContainerInitializer((classes, servlets) -> serve(servlets, edge, health));

        var pages = new ErrorPageErrorHandler();
        pages.addErrorPage(400, 599, "/"); // never reached: the edge is asked instead
        context.setErrorHandler(pages);

        var server = new Server(new InetSocketAddress(settings.host(), settings.port()));
        server.setHandler(new GracefulHandler(context));
        server.setErrorHandler(new JettyProblems());
        for (Connector connector : server.getConnectors()) {
            connector
                    .getConnectionFactory(HttpConnectionFactory.class)
                    .getHttpConfiguration()
                    .setSendServerVersion(false); // nobody need know what is to be attacked
        }
        server.setStopTimeout(10_000);
        try {
            server.start();
        } catch (IOException unable) {
            pool.close();
            throw settings.unusable(unable);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(health, server, pool)));
        System.out.println("jetty: ready on http://" + settings.host().getHostAddress() + ":"
                + server.getURI().getPort());
        System.out.println("jetty: a token for Ada: " + tokens.issue("ada", Ambient.random()));
    }

    private static void serve(ServletContext context, Edge edge, Health health) {
        var filter = context.addFilter("edge", edge);
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
        context.addServlet("greetings", new GreetingServlet()).addMapping("/v1/greetings/*");
        context.addServlet("me", new MeServlet()).addMapping("/v1/me");
        context.addServlet("health", new HealthServlet(health)).addMapping("/health/*");
    }

    /** A servlet as a team has it already: it knows nothing of the edge. */
    private static final class GreetingServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String name = request.getPathInfo().substring(1);
            if (name.equals("nobody")) {
                response.sendError(HttpServletResponse.SC_CONFLICT, "nobody is not greeted");
                return;
            }
            response.setContentType("text/plain; charset=utf-8");
            response.getWriter().println("Hello, " + name);
        }
    }

    /** A servlet that asks the edge who is calling. */
    private static final class MeServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain; charset=utf-8");
            response.getWriter().println(Exchange.of(request).caller().accountId());
        }
    }

    private static void stop(Health health, Server server, HikariDataSource pool) {
        try {
            health.drain();
            server.stop();
            pool.close();
            System.out.println("jetty: stopped");
        } catch (Exception unstoppable) {
            throw new IllegalStateException("Jetty did not stop", unstoppable);
        }
    }
}
