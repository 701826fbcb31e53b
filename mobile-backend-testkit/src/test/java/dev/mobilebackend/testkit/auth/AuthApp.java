// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.access.ImpersonationPolicy;
import dev.mobilebackend.auth.access.StepUp;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.CodeSignIns.LinkUse;
import dev.mobilebackend.auth.account.Message;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.device.SignInListener;
import dev.mobilebackend.auth.dpop.DpopPolicy;
import dev.mobilebackend.auth.password.Argon2Cost;
import dev.mobilebackend.auth.password.HashingPolicy;
import dev.mobilebackend.auth.session.Place;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.auth.web.TokenClient;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TrustedProxies;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.BackendApp;
import dev.mobilebackend.testkit.app.RunningApp;
import dev.mobilebackend.testkit.app.TestEnvironment;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The smallest application with the auth module in it: its endpoints, {@code /who} for whoever has signed in,
 * {@code /recent} for whoever has shown lately who they are, and {@code /by-text} for whoever has by a text message.
 */
final class AuthApp implements BackendApp {

    private static final LongSupplier TICKS = Ambient.ticks();
    private static final Argon2Cost CHEAP = new Argon2Cost(8, 1, 1);

    /** How apps address this application, whatever port it listens to. */
    static final String ORIGIN = "https://api.shop.example";

    static final String CLIENT = "billing";
    static final String CLIENT_SECRET = "a secret: with % and + of 40 characters";

    private final Deque<Notice> notices = new ConcurrentLinkedDeque<>();
    private final Deque<String> ended = new ConcurrentLinkedDeque<>();
    private final AtomicReference<Notice.Kind> refused = new AtomicReference<>();
    private final AtomicReference<@Nullable Set<String>> scopes = new AtomicReference<>(Set.of());
    private Database database;
    private final AtomicReference<Duration> dawdling = new AtomicReference<>(Duration.ZERO);
    private final AtomicLong dawdled = new AtomicLong();
    private final Deque<String> endings = new ConcurrentLinkedDeque<>();
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    private volatile boolean placesLost;
    private final AtomicReference<SignInListener> signInListener = new AtomicReference<>(SignInListener.NONE);
    private Auth auth;
    private JdbiJobStore jobs;

    @Override
    public RunningApp start(TestEnvironment environment) {
        database = environment.database();
        Schema.install(database, Schema.CORE, AuthSchema.TABLES, JdbiJobStore.SCHEMA);
        jobs = JdbiJobStore.of(database);
        auth = Auth.builder(database, ServerSecret.of(new byte[32]), this::owe)
                .hashing(new HashingPolicy(CHEAP, CHEAP, 4, 64, Duration.ofSeconds(30)))
                .places(this::placeOf)
                .observe((tried, ending, refusedBy) ->
                        endings.add(tried + " " + ending + (refusedBy == null ? "" : " by " + refusedBy)))
                .signInListener((account, session, signals, exchange) ->
                        signInListener.get().noticed(account, session, signals, exchange))
                .dpop(DpopPolicy.of(ORIGIN))
                .tokenEndpoints(TokenClient.of(CLIENT, CLIENT_SECRET), TokenClient.of("shipping", "s".repeat(32)))
                .codeSignIn()
                .linkSignIn(LinkUse.SAME_DEVICE)
                .phones()
                .scopes((account, session) -> scopes.get())
                .impersonation(ImpersonationPolicy.by(Access.role("support"))
                        .lasting(Duration.ofMinutes(5))
                        .scopes("look"))
                .guests((guest, into) -> ended.add(guest.id() + " into " + into.id()))
                .listener(account -> ended.add(account.id()))
                .clock(environment.clock())
                .build();
        Edge edge = Edge.builder()
                .clock(environment.clock())
                .ticks(() -> TICKS.getAsLong() + dawdled.get())
                .transport(TransportPolicy.strict()
                        .plainHttp(TransportPolicy.PlainHttp.LOOPBACK)
                        .trustedProxies(TrustedProxies.Field.X_FORWARDED, "127.0.0.1/32"))
                .authenticate(auth.bearerStep())
                .routes(auth.routes())
                .routes(routes -> routes.signedIn(HttpMethod.GET, "/who")
                        .signedIn(HttpMethod.DELETE, "/who")
                        .only(StepUp.within(Duration.ofMinutes(5)), HttpMethod.GET, "/recent")
                        .only(StepUp.method("sms"), HttpMethod.GET, "/by-text"))
                .build();
        RunningApp app = RunningApp.servlet((classes, context) -> {
            context.addFilter("edge", edge).addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
            context.addFilter("dawdling", this::dawdle)
                    .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
            context.addServlet("auth", auth.servlet()).addMapping(auth.path() + "/*");
            context.addServlet("jwks", auth.jwksServlet()).addMapping(Auth.JWKS_PATH);
            context.addServlet("who", new Who(auth)).addMapping("/who", "/recent", "/by-text");
        });
        return new Running(this, app);
    }

    /** What became of tries at passwords and codes, in their order. */
    List<String> endings() {
        return List.copyOf(endings);
    }

    /** Where clients with this address are; they are in Berlin unless said otherwise. */
    void place(String address, Place place) {
        places.put(address, place);
    }

    /** Whether the look-up of places fails from now on. */
    void placesAreLost(boolean lost) {
        placesLost = lost;
    }

    private Place placeOf(ClientAddress address) {
        if (placesLost) {
            throw new IllegalStateException("the file of places is gone");
        }
        return places.getOrDefault(
                address.toString(), new Place("DE", address.isLoopback() ? "Berlin" : null, 52.5, 13.4));
    }

    void signInListener(SignInListener other) {
        signInListener.set(other);
    }

    /** The outbox does not take the next notice of this kind. */
    void refuseNext(Notice.Kind kind) {
        refused.set(kind);
    }

    /** From now on each request takes so long before it comes to its handler. */
    void dawdle(Duration time) {
        dawdling.set(time);
    }

    private void dawdle(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        dawdled.addAndGet(dawdling.get().toNanos());
        chain.doFilter(request, response);
    }

    private void owe(Handle handle, Notice notice) {
        if (refused.compareAndSet(notice.kind(), null)) {
            throw new IllegalStateException("the outbox is full");
        }
        jobs.enqueue(handle, new SendMessage(notice));
        Database.afterCommit(handle, () -> notices.addFirst(notice));
    }

    /** What tokens may be used for from now on. */
    void scopes(@Nullable Set<String> chosen) {
        scopes.set(chosen);
    }

    /** The newest mail. */
    Message mail() {
        return auth.accounts().message(notices.getFirst()).orElseThrow();
    }

    /** What has been owed, the newest first. */
    List<Notice> notices() {
        return List.copyOf(notices);
    }

    /** Which guests went over to which accounts, and which accounts were deleted. */
    List<String> ended() {
        return List.copyOf(ended);
    }

    Auth auth() {
        return auth;
    }

    Database database() {
        return database;
    }

    /** Ends a session as another instance does, of which this one has yet to hear. */
    void endElsewhere(String sessionId, Instant now) {
        JdbiSessionStore.of(database).revoke(sessionId, new Revocation(now, Revocation.Reason.ENDED_BY_OWNER));
    }

    /** The application while it runs; tests may take it as a parameter. */
    record Running(AuthApp application, RunningApp server) implements RunningApp {

        @Override
        public URI uri() {
            return server.uri();
        }

        @Override
        public void close() {
            server.close();
            application.auth.close();
        }
    }

    private static final class Who extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final transient Auth auth;

        Who(Auth auth) {
            this.auth = auth;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            Exchange exchange = Exchange.of(request);
            exchange.send(Answer.json(200, "\"" + exchange.caller().accountId() + "\""));
        }

        @Override
        protected void doDelete(HttpServletRequest request, HttpServletResponse response) {
            Exchange exchange = Exchange.of(request);
            Leaving body = JsonBody.read(exchange, Leaving.class);
            Account account = auth.requirePassword(exchange, body.password());
            boolean deleted = auth.during(exchange, () -> auth.accounts()
                    .delete(account, exchange.facts().receivedAt()));
            exchange.send(Answer.of(deleted ? 204 : 409));
        }
    }

    /** As an application sends messages; here nobody works it off, so that it is there to be looked at. */
    @JobKind("send-message")
    public record SendMessage(Notice notice) {}

    /** What deletes the caller's account. */
    public record Leaving(char @Nullable [] password) {}
}
