// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.signin;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.benchmarks.Samples;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import dev.mobilebackend.core.transport.TrustedProxies;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A Jetty with auth over H2 in memory, all as it is by default, and one endpoint that does nothing. Says its port; for
 * each line that it reads it then says how long refusals took in here since the last one, and the most memory it
 * resided in.
 */
final class SignInServer {

    static final int ACCOUNTS = 20;
    static final String PASSWORD = "correct horse battery staple";

    private SignInServer() {}

    public static void main(String[] arguments) throws Exception {
        var config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:mem:signin;DB_CLOSE_DELAY=-1");
        try (var pool = new HikariDataSource(config)) {
            Database database = Database.of(pool);
            Schema.install(database, Schema.CORE, AuthSchema.TABLES);
            try (Auth auth = Auth.builder(database, ServerSecret.of(new byte[32]), (handle, notice) -> {})
                    .build()) {
                for (int i = 0; i < ACCOUNTS; i++) {
                    auth.accounts()
                            .tryCreate(
                                    EmailAddress.parse("user" + i + "@example.org"),
                                    PASSWORD.toCharArray(),
                                    Set.of(),
                                    Instant.now());
                }
                serve(auth);
            }
        }
    }

    private static void serve(Auth auth) throws Exception {
        var refusals = new Refusals();
        Edge edge = Edge.builder()
                .transport(TransportPolicy.strict()
                        .plainHttp(PlainHttp.LOOPBACK)
                        .trustedProxies(TrustedProxies.Field.FORWARDED, "127.0.0.1/32"))
                .observe(refusals)
                .authenticate(auth.bearerStep())
                .routes(routes -> routes.open(GET, "/v1/quick"))
                .routes(auth.routes())
                .build();
        var server = new Server(new QueuedThreadPool(200));
        var connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(4_096);
        server.addConnector(connector);
        var context = new ServletContextHandler("/");
        context.addServlet(new QuickServlet(), "/v1/quick");
        context.addServlet(new ServletHolder(auth.servlet()), auth.path() + "/*");
        var filter = new FilterHolder(edge);
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
        server.setHandler(context);
        server.start();
        System.out.println(connector.getLocalPort());
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            System.out.println(refusals.p99() + " " + mostResidentMegabytes());
        }
        Runtime.getRuntime().halt(0);
    }

    private static double mostResidentMegabytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                            .sum()
                    / 1024.0;
        }
    }

    /** How long it took from the door to the refusal. */
    private static final class Refusals implements EdgeStep {

        private Samples millis = new Samples();
        private int count;

        @Override
        public void apply(Exchange exchange) {}

        @Override
        public void after(Exchange exchange, Outcome outcome) {
            if (outcome.status() == 503) {
                synchronized (this) {
                    millis.add(exchange.elapsedNanos() / 1e6);
                    count++;
                }
            }
        }

        synchronized double p99() {
            double p99 = count == 0 ? 0 : millis.quantile(0.99);
            millis = new Samples();
            count = 0;
            return p99;
        }
    }

    private static final class QuickServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private static final byte[] ANSWER = "{}".getBytes(StandardCharsets.UTF_8);

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("application/json");
            response.setContentLength(ANSWER.length);
            response.getOutputStream().write(ANSWER);
        }
    }
}
