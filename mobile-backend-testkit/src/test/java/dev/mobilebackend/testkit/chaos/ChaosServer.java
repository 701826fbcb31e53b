// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.chaos;

import static dev.mobilebackend.core.exchange.HttpMethod.POST;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.idempotency.jdbi.PhasedRun;
import dev.mobilebackend.core.idempotency.jdbi.PhasedWork;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import dev.mobilebackend.testkit.app.RunningApp;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Handle;

/**
 * The smallest server with a route for each mode of idempotency, in a process of its own, that crashes where a
 * request's header says. Each effect is a row of {@code effect}, and no constraint keeps it from being there twice; the
 * other system that phased work calls is the table {@code charge}. Says its port, and runs until it is killed.
 */
public final class ChaosServer extends HttpServlet {

    /** The request field that says what is to go wrong. */
    static final String CHAOS = "Chaos";

    /** Short, so that abandoned work is soon gone on with; on a busy machine it also ends under living owners. */
    private static final IdempotencyPolicy POLICY = IdempotencyPolicy.standard().lease(Duration.ofMillis(400));

    private static final long serialVersionUID = 1L;

    /** What phased work is begun with. */
    public record Order(String run) {}

    /** What its phases result in. */
    public record Done(String nonce) {}

    private final transient Database database;
    private final transient Database outside;
    private final transient JdbiIdempotency idempotency;
    private final transient PhasedWork<Order, RuntimeException> ordering;

    private ChaosServer(Database database, Database outside) {
        this.database = database;
        this.outside = outside;
        this.idempotency = new JdbiIdempotency(this.database);
        this.ordering = idempotency.phased("order", Order.class, this::order);
    }

    public static void main(String[] arguments) throws Exception {
        var server = new ChaosServer(
                Database.of(CrashingDataSource.of(pool(arguments[0], arguments[2], arguments[3]))),
                Database.of(pool(arguments[1], arguments[2], arguments[3])));
        Edge edge = Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                .authenticate(exchange -> exchange.authenticated(new Caller("chaos", "session", Set.of())))
                .routes(routes -> {
                    for (ChaosPlan.Mode mode : ChaosPlan.Mode.values()) {
                        routes.signedIn(POST, mode.path())
                                .idempotent(mode == ChaosPlan.Mode.UNSAFE ? POLICY.safeToRerun() : POLICY);
                    }
                    routes.signedIn(POST, "/resume");
                })
                .build();
        RunningApp app = RunningApp.servlet(server, new CrashInWrite(), edge);
        System.out.println(app.uri().getPort());
        new CountDownLatch(1).await();
    }

    private static HikariDataSource pool(String jdbcUrl, String user, String password) {
        var config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(10_000);
        return new HikariDataSource(config);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Exchange exchange = Exchange.of(request);
        var run = new String(exchange.body(), StandardCharsets.UTF_8);
        Crash.at(CrashPoint.BEFORE_CLAIM);
        Answer answer =
                switch (request.getRequestURI()) {
                    case "/atomic" ->
                        idempotency.inTransaction(exchange, handle -> {
                            Crash.at(CrashPoint.AFTER_CLAIM);
                            return effect(handle, run, "atomic");
                        });
                    case "/phased" -> ordering.run(exchange, new Order(run));
                    case "/resume" -> {
                        ordering.resumeAbandoned(POLICY, 10);
                        yield Answer.of(204);
                    }
                    default ->
                        idempotency.detached(exchange, () -> {
                            Crash.at(CrashPoint.AFTER_CLAIM);
                            return outside.withHandle(handle -> effect(handle, run, "detached"));
                        });
                };
        Crash.at(CrashPoint.BEFORE_WRITE);
        exchange.send(answer);
    }

    private Answer order(PhasedRun phases, Order order) {
        Crash.at(CrashPoint.AFTER_CLAIM);
        phases.phase("reserve", Done.class, handle -> {
            effect(handle, order.run(), "reserve");
            return new Done(nonce());
        });
        Done charged = phases.foreignCall("charge", Done.class, key -> charge(key, order.run()));
        return phases.finish(handle -> effect(handle, order.run(), "finish " + charged.nonce()));
    }

    /** Does it, and answers with what only this doing of it can know; long enough to be cut in the middle. */
    private static Answer effect(Handle handle, String run, String step) {
        long id = handle.createUpdate("INSERT INTO effect (run, step) VALUES (:run, :step)")
                .bind("run", run)
                .bind("step", step)
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
        Crash.at(CrashPoint.IN_WORK);
        String body = "{\"id\":" + id + ",\"nonce\":\"" + nonce() + "\",\"text\":\"" + "x".repeat(4_000) + "\"}";
        return Answer.json(201, body).header("Location", "/effects/" + id);
    }

    /** Another system, which takes our key for its own: it charges once and answers the same each time. */
    private Done charge(String key, String run) {
        Done done = outside.withHandle(handle -> {
            handle.execute("INSERT INTO charge VALUES (?, ?, ?) ON CONFLICT DO NOTHING", key, run, nonce());
            return handle.createQuery("SELECT nonce FROM charge WHERE key = :key")
                    .bind("key", key)
                    .map((row, context) -> new Done(row.getString("nonce")))
                    .one();
        });
        Crash.at(CrashPoint.IN_WORK);
        return done;
    }

    private static String nonce() {
        return UUID.randomUUID().toString();
    }

    /** Stands before everything else, and crashes with half of the body sent. */
    private static final class CrashInWrite implements Filter {

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            Crash.expect(((HttpServletRequest) request).getHeader(CHAOS));
            try {
                chain.doFilter(request, new HttpServletResponseWrapper((HttpServletResponse) response) {
                    @Override
                    public ServletOutputStream getOutputStream() throws IOException {
                        return new Halving(super.getOutputStream());
                    }
                });
            } finally {
                Crash.forget();
            }
        }
    }

    private static final class Halving extends ServletOutputStream {

        private final ServletOutputStream delegate;

        Halving(ServletOutputStream delegate) {
            this.delegate = delegate;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int half = length / 2;
            delegate.write(bytes, offset, half);
            delegate.flush();
            Crash.at(CrashPoint.IN_WRITE);
            delegate.write(bytes, offset + half, length - half);
        }

        @Override
        public void flush() throws IOException {
            delegate.flush();
        }

        @Override
        public boolean isReady() {
            return delegate.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            delegate.setWriteListener(listener);
        }
    }
}
