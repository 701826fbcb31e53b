// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.exchange.HttpMethod.DELETE;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.ConflictResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EdgeOnJavalinTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final int MAXIMUM_BODY = 1000;

    private static final AtomicInteger PAYMENTS = new AtomicInteger();

    private static Javalin app;

    @BeforeAll
    static void start() {
        Edge edge = Edge.builder()
                .clock(() -> NOW)
                .transport(
                        TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK).maximumBody(MAXIMUM_BODY))
                .authenticate(EdgeOnJavalinTest::believeHeader)
                .routes(EdgeOnJavalinTest::declare)
                .build();
        app = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    JavalinEdge.install(config, edge).servlet("/never-completed", new NeverCompleted());
                    serve(config.routes);
                })
                .start("127.0.0.1", 0);
        // Nobody checks it at the start, so that the edge alone keeps it closed.
        app.unsafe.routes.get("/added-later", context -> context.result("never"));
    }

    @AfterAll
    static void stop() {
        app.stop();
    }

    private static void declare(Routes routes) {
        routes.open(GET, "/ok").open(POST, "/echo").open(GET, "/throws").open(GET, "/refuses");
        routes.open(GET, "/conflict")
                .open(GET, "/own-error")
                .open(GET, "/send-error")
                .open(GET, "/declared-only");
        routes.open(GET, "/future")
                .open(GET, "/failed-future")
                .open(GET, "/never-completed")
                .open(GET, "/halfway");
        routes.open(GET, "/overflow").open(GET, "/long").open(GET, "/long-error");
        routes.open(GET, "/both")
                .role("admin", DELETE, "/both")
                .open(GET, "/private")
                .privateNetwork();
        routes.open(POST, "/ignores-its-body").signedIn(POST, "/pay").idempotent();
        routes.signedIn(GET, "/mine").signedIn(GET, "/members").role("admin", GET, "/admin");
        routes.signedIn(GET, "/orders/{id}").owner(id -> id.equals("7") ? Optional.of("ann") : Optional.empty());
        routes.open(GET, "/twice-limited").limit(RateLimitPolicy.perClient(2, Duration.ofMinutes(1)));
        routes.open(POST, "/twice-limited").limit(RateLimitPolicy.perClient(2, Duration.ofMinutes(1)));
        routes.open(GET, "/limited").limit(RateLimitPolicy.perClient(2, Duration.ofMinutes(1)));
    }

    private static void serve(RoutesConfig routes) {
        routes.get("/ok", context -> context.result("fine"));
        routes.get("/both", context -> context.result("read"));
        routes.delete("/both", context -> context.result("deleted"));
        routes.get("/private", context -> context.result("inside"));
        routes.post("/echo", context -> context.result(context.bodyAsBytes()));
        routes.get("/throws", context -> {
            throw new IllegalStateException("the password is secret");
        });
        routes.get("/overflow", context -> {
            throw new StackOverflowError("deep inside");
        });
        routes.get("/refuses", context -> {
            throw Problem.CONFLICT.detail("somebody else was first").exception();
        });
        routes.get("/conflict", context -> {
            throw new ConflictResponse("com.example.Internal");
        });
        routes.get("/own-error", context -> context.status(418).result("java.lang.Teapot"));
        routes.get("/send-error", context -> context.res().sendError(503, "com.example.Internal"));
        routes.get(
                "/future",
                context -> context.future(
                        () -> CompletableFuture.supplyAsync(() -> "later").thenAccept(context::result)));
        routes.get(
                "/failed-future",
                context -> context.future(() -> CompletableFuture.supplyAsync(() -> {
                    throw Problem.NOT_FOUND.exception();
                })));
        routes.get("/halfway", context -> {
            context.res().getOutputStream().write("half".getBytes(StandardCharsets.UTF_8));
            context.res().flushBuffer();
            throw new IllegalStateException("too late");
        });
        routes.get("/long", context -> context.result("a".repeat(5000)));
        routes.get("/long-error", context -> context.status(500).result("b".repeat(5000)));
        routes.get(
                "/mine",
                context -> context.result(Exchange.of(context.req()).caller().accountId()));
        routes.get("/members", context -> context.result("for members"));
        routes.get("/admin", context -> context.result("admin"));
        routes.post("/pay", context -> PAYMENTS.incrementAndGet());
        routes.get("/orders/{id}", context -> context.result("order " + context.pathParam("id")));
        routes.get("/twice-limited", context -> context.result("fine"));
        routes.post("/twice-limited", context -> context.result("fine"));
        routes.get("/limited", context -> context.result("fine"));
    }

    private static void believeHeader(Exchange exchange) {
        String name = exchange.header("Test-Caller");
        if (name != null) {
            exchange.authenticated(new Caller(name, "session", Set.of()));
        }
    }

    @Test
    void letsADeclaredRouteThroughWithItsHeaders() throws Exception {
        HttpResponse<String> answer = get("/ok", "X-Request-Id", "req-12345678");

        assertEquals(200, answer.statusCode());
        assertEquals("fine", answer.body());
        assertEquals("req-12345678", header(answer, "X-Request-Id"));
        assertEquals("nosniff", header(answer, "X-Content-Type-Options"));
        assertEquals("no-referrer", header(answer, "Referrer-Policy"));
        assertTrue(header(answer, "Content-Security-Policy").contains("frame-ancestors 'none'"));
    }

    @Test
    void replacesARequestIdThatCouldForgeALogLine() throws Exception {
        HttpResponse<String> answer = get("/ok", "X-Request-Id", "id with spaces \"and quotes\"");

        assertTrue(header(answer, "X-Request-Id").matches("[0-9a-f-]{36}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/added-later", "/ok/", "/OK"})
    void answersWhatIsNotDeclaredWith404(String path) throws Exception {
        assertProblem(get(path), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//ok", "/x/../ok", "/%6fk%2f", "/ok;a=b"})
    void answersWhatCanBeReadInMoreThanOneWayWith400(String path) throws Exception {
        assertProblem(get(path), 400, "malformed-request");
    }

    @Test
    void answersARouteThatIsDeclaredButNotServedWith404() throws Exception {
        assertProblem(get("/declared-only"), 404, "not-found");
    }

    @Test
    void namesTheMethodsOfAKnownPath() throws Exception {
        HttpResponse<String> answer = send("/ok", "DELETE", BodyPublishers.noBody());

        assertProblem(answer, 405, "method-not-allowed");
        assertEquals("GET, HEAD", header(answer, "Allow"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-HTTP-Method-Override", "x-http-method-override", "X-HTTP-Method", "X-Method-Override"})
    void runsTheHandlerOfTheMethodWhoseRuleItChecked(String override) throws Exception {
        HttpResponse<String> answer = get("/both", override, "DELETE");

        assertEquals("read", answer.body());
    }

    @Test
    void answersHeadAsItAnswersGet() throws Exception {
        HttpResponse<String> found = send("/ok", "HEAD", BodyPublishers.noBody());
        HttpResponse<String> missing = send("/orders/8", "HEAD", BodyPublishers.noBody(), "Test-Caller", "ann");
        HttpResponse<String> refused = send("/refuses", "HEAD", BodyPublishers.noBody());

        assertEquals(Optional.of("4"), found.headers().firstValue("Content-Length"));
        assertEquals(404, missing.statusCode());
        assertEquals(409, refused.statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For",
                "Forwarded",
                "X-Real-IP",
                "Via",
                "x-forwarded-proto",
                "X-Forwarded-Host",
                "X-Forwarded-Port",
                "X-Forwarded-Prefix",
                "X-Forwarded-Server",
                "X-Forwarded-By",
                "X-Forwarded-Ssl",
                "X-Client-IP",
                "CF-Connecting-IP",
                "True-Client-IP",
                "Fastly-Client-IP"
            })
    void treatsWhatAProxyPassedOnAsComingFromNowhere(String field) throws Exception {
        HttpResponse<String> direct = get("/private");
        HttpResponse<String> forwarded = get("/private", field, "127.0.0.1");

        assertEquals(200, direct.statusCode());
        assertProblem(forwarded, 403, "plain-http");
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        HttpResponse<String> answer = send("/ok", "HEAD", BodyPublishers.noBody());

        assertEquals(200, answer.statusCode());
        assertEquals("", answer.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/throws", "/overflow", "/long-error"})
    void hidesWhatWentWrongInside(String path) throws Exception {
        HttpResponse<String> answer = get(path);

        assertProblem(answer, 500, "internal-error");
    }

    @Test
    void sendsTheProblemThatAHandlerThrows() throws Exception {
        HttpResponse<String> answer = get("/refuses");

        assertProblem(answer, 409, "conflict");
        assertEquals("somebody else was first", json(answer).get("detail").asString());
    }

    @Test
    void translatesTheErrorsOfTheFramework() throws Exception {
        assertProblem(get("/conflict"), 409, "conflict");
        assertProblem(get("/own-error"), 418, "http-418");
        assertProblem(get("/send-error"), 503, "unavailable");
    }

    @Test
    void sendsAnAnswerThatAnotherThreadCompletes() throws Exception {
        HttpResponse<String> answer = get("/future");

        assertEquals(200, answer.statusCode());
        assertEquals("later", answer.body());
    }

    @Test
    void sendsTheProblemThatAFutureEndsWith() throws Exception {
        assertProblem(get("/failed-future"), 404, "not-found");
    }

    @Test
    void endsAnAsyncRequestThatTimesOutWithAProblem() throws Exception {
        assertProblem(get("/never-completed"), 503, "unavailable");
    }

    @Test
    void cutsTheConnectionWhenAnAnswerFailsHalfway() {
        assertThrows(IOException.class, () -> get("/halfway"));
    }

    @Test
    void passesCompressedAnswersAndDropsTheirCodingFromProblems() throws Exception {
        HttpResponse<String> compressed = get("/long", "Accept-Encoding", "gzip");
        HttpResponse<String> refused = get("/long-error", "Accept-Encoding", "gzip");

        assertEquals("gzip", header(compressed, "Content-Encoding"));
        assertFalse(refused.headers().firstValue("Content-Encoding").isPresent());
        assertProblem(refused, 500, "internal-error");
    }

    @Test
    void refusesABodyOverTheLimitWhetherDeclaredOrChunked() throws Exception {
        byte[] large = new byte[MAXIMUM_BODY + 1];

        assertProblem(send("/echo", "POST", BodyPublishers.ofByteArray(large)), 413, "body-too-large");
        assertProblem(
                send("/echo", "POST", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))),
                413,
                "body-too-large");
    }

    @Test
    void refusesABodyThatSaysItIsTooLargeThoughNobodyReadsIt() throws Exception {
        byte[] large = new byte[MAXIMUM_BODY + 1];

        assertProblem(send("/ignores-its-body", "POST", BodyPublishers.ofByteArray(large)), 413, "body-too-large");
    }

    @Test
    void refusesAnIdempotentRequestWithoutAKeyBeforeItsHandlerRuns() throws Exception {
        HttpResponse<String> missing = send("/pay", "POST", BodyPublishers.noBody(), "Test-Caller", "ann");
        HttpResponse<String> malformed =
                send("/pay", "POST", BodyPublishers.noBody(), "Test-Caller", "ann", "Idempotency-Key", "two words");

        HttpResponse<String> two = send(
                "/pay",
                "POST",
                BodyPublishers.noBody(),
                "Test-Caller",
                "ann",
                "Idempotency-Key",
                "one",
                "Idempotency-Key",
                "two");

        assertProblem(two, 400, "idempotency-key-malformed");
        assertProblem(missing, 400, "idempotency-key-missing");
        assertProblem(malformed, 400, "idempotency-key-malformed");
        assertEquals(0, PAYMENTS.get());
    }

    @Test
    void refusesPlainHttpUnlessItIsAllowedAndNeverRedirects() throws Exception {
        Edge strict = Edge.builder().routes(routes -> routes.open(GET, "/ok")).build();
        Javalin plain = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    JavalinEdge.install(config, strict);
                    config.routes.get("/ok", context -> context.result("sent in the clear"));
                })
                .start("127.0.0.1", 0);
        try {
            HttpResponse<String> refused = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + plain.port() + "/ok"))
                                    .build(),
                            BodyHandlers.ofString());

            assertProblem(refused, 403, "plain-http");
            assertFalse(refused.headers().firstValue("Location").isPresent());
        } finally {
            plain.stop();
        }
    }

    @Test
    void acceptsABodyAtTheLimit() throws Exception {
        HttpResponse<String> answer = send("/echo", "POST", BodyPublishers.ofString("x".repeat(MAXIMUM_BODY)));

        assertEquals(200, answer.statusCode());
        assertEquals(MAXIMUM_BODY, answer.body().length());
    }

    @Test
    void asksForATokenWhereARouteIsNotOpen() throws Exception {
        HttpResponse<String> answer = get("/members");

        assertProblem(answer, 401, "unauthenticated");
        assertEquals("Bearer", header(answer, "WWW-Authenticate"));
    }

    @Test
    void keepsAnswersToSignedInCallersOutOfCaches() throws Exception {
        HttpResponse<String> answer = get("/mine", "Test-Caller", "ann");

        assertEquals("ann", answer.body());
        assertEquals("no-store", header(answer, "Cache-Control"));
    }

    @Test
    void refusesACallerWithoutTheRole() throws Exception {
        assertProblem(get("/admin", "Test-Caller", "ann"), 403, "forbidden");
    }

    @Test
    void showsWhatIsOwnedToItsOwnerAlone() throws Exception {
        HttpResponse<String> own = get("/orders/7", "Test-Caller", "ann");

        assertEquals("order 7", own.body());
        assertProblem(get("/orders/7", "Test-Caller", "bob"), 404, "not-found");
        assertProblem(get("/orders/8", "Test-Caller", "ann"), 404, "not-found");
    }

    @Test
    void limitsAClientAndSaysSo() throws Exception {
        HttpResponse<String> first = get("/limited");
        HttpResponse<String> second = get("/limited");
        HttpResponse<String> third = get("/limited");

        assertEquals("\"client\";q=2;w=60", header(first, "RateLimit-Policy"));
        assertEquals("\"client\";r=1;t=30", header(first, "RateLimit"));
        assertEquals("\"client\";r=0;t=30", header(second, "RateLimit"));
        assertProblem(third, 429, "quota-exceeded");
        assertEquals("30", header(third, "Retry-After"));
        assertEquals("client", json(third).get("violated-policies").get(0).asString());
    }

    @Test
    void countsTheMethodsOfAPathByThemselvesButHeadWithGet() throws Exception {
        HttpResponse<String> read = get("/twice-limited");
        HttpResponse<String> written = send("/twice-limited", "POST", BodyPublishers.noBody());
        HttpResponse<String> head = send("/twice-limited", "HEAD", BodyPublishers.noBody());

        assertEquals("\"client\";r=1;t=30", header(read, "RateLimit"));
        assertEquals("\"client\";r=1;t=30", header(written, "RateLimit"));
        assertEquals("\"client\";r=0;t=30", header(head, "RateLimit"));
    }

    @Test
    void refusesRoutesForCallersWhomNothingFindsOut() {
        Edge.Builder unfinished = Edge.builder().routes(routes -> routes.open(GET, "/ok")
                .only(Access.anyOf(Access.privateNetwork(), Access.role("admin")), GET, "/metrics"));

        assertEquals(
                "GET /metrics asks who is calling, but nothing finds that out: give the edge a step by"
                        + " authenticate(...)",
                assertThrows(IllegalArgumentException.class, unfinished::build).getMessage());
    }

    @Test
    void refusesALimitForAllRoutesThatHasTheNameOfAnother() {
        var everywhere = RateLimitPolicy.perClient(300, Duration.ofMinutes(1));
        Edge.Builder withRoute = Edge.builder().limit(everywhere).routes(routes -> routes.open(GET, "/ok")
                .limit(everywhere));
        Edge.Builder twice = Edge.builder().limit(everywhere).limit(everywhere);

        assertEquals(
                "GET /ok has two limits with the name 'client', one of them for all routes, which clients could not"
                        + " tell apart: give one of them another with named(...)",
                assertThrows(IllegalArgumentException.class, withRoute::build).getMessage());
        assertThrows(IllegalArgumentException.class, twice::build);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET\r\n\r\n",
                "GET /ok HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                "GET /ok%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            })
    void answersWhatTheContainerCannotReadWithAProblem(String request) throws Exception {
        String answer = exchangeBytes(request);

        assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
        assertTrue(answer.contains("application/problem+json"), answer);
        assertFalse(answer.contains("org.eclipse"), answer);
        assertTrue(
                Pattern.compile("X-Request-Id: [0-9a-f-]{36}\r\n")
                        .matcher(answer)
                        .find(),
                answer);
        HttpResponse<String> ofTheEdge = get("/nowhere");
        for (String field : List.of(
                "X-Content-Type-Options",
                "Content-Security-Policy",
                "Referrer-Policy",
                "Cache-Control",
                "Content-Type",
                "Content-Language",
                "Vary")) {
            assertTrue(answer.contains(field + ": " + header(ofTheEdge, field) + "\r\n"), field + " of " + answer);
        }
    }

    private static final class NeverCompleted extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            request.startAsync().setTimeout(50);
        }
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(path, "GET", BodyPublishers.noBody(), headers);
    }

    /** Over a connection of its own: the server closes one whose body it has refused, which a pool notices late. */
    private static HttpResponse<String> send(String path, String method, BodyPublisher body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                .method(method, body)
                .timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private static String exchangeBytes(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", app.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals("application/problem+json", header(answer, "Content-Type"));
        JsonNode problem = json(answer);
        assertEquals(status, problem.get("status").asInt());
        assertEquals(code, problem.get("code").asString());
        assertTrue(problem.get("type").asString().startsWith("https://"));
        assertFalse(problem.get("title").asString().isEmpty());
        assertEquals(header(answer, "X-Request-Id"), problem.get("requestId").asString());
        assertFalse(answer.body().contains("java"), answer.body());
        assertFalse(answer.body().contains("secret"), answer.body());
        assertFalse(answer.body().contains("com.example"), answer.body());
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("(no " + name + ")");
    }
}
