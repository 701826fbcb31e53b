// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** What stands in the log after real requests, well meant and not. */
class AccessLogOverHttpTest {

    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final BlockingQueue<String> LINES = new LinkedBlockingQueue<>();
    private static final BlockingQueue<String> DENIED = new LinkedBlockingQueue<>();

    private static Javalin app;

    @BeforeAll
    static void start() {
        var log = new CapturedLog(Level.INFO, event -> LINES.add(event.message()));
        var denied = new CapturedLog(Level.INFO, event -> DENIED.add(event.message()));
        Edge edge = Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                .observe(new AccessLog(AccessLogPolicy.lines(), log, denied))
                .authenticate(exchange -> exchange.authenticated(new Caller("account-1", "session-1", Set.of())))
                .routes(routes -> routes.open(GET, "/items/{id}")
                        .open(GET, "/later")
                        .signedIn(GET, "/orders/{id}")
                        .owner(id -> Optional.of(id.equals("mine") ? "account-1" : "account-2")))
                .build();
        app = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    JavalinEdge.install(config, edge);
                    config.routes
                            .get(
                                    "/items/{id}",
                                    context -> context.result(
                                            Exchange.of(context.req()).trace().traceparent()))
                            .get("/orders/{id}", context -> context.status(404))
                            .get(
                                    "/later",
                                    context -> context.future(() -> CompletableFuture.runAsync(() -> context.result(
                                            Exchange.of(context.req()).trace().traceparent()))));
                })
                .start("127.0.0.1", 0);
    }

    @AfterAll
    static void stop() {
        app.stop();
    }

    @BeforeEach
    void clear() {
        LINES.clear();
    }

    @Test
    void namesTheTraceThatTheHandlerPassedOn() throws Exception {
        String answer = send("GET /items/7 HTTP/1.1", "traceparent: " + TRACEPARENT);

        Map<String, String> line = line();
        assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", line.get("trace_id"));
        assertTrue(answer.endsWith(TRACEPARENT.substring(0, 36) + line.get("span_id") + "-01"), answer);
        assertEquals("/items/{id}", line.get("route"));
    }

    @Test
    void keepsTheTraceWhereAnotherThreadAnswers() throws Exception {
        String answer = send("GET /later HTTP/1.1", "traceparent: " + TRACEPARENT);

        assertTrue(answer.endsWith(TRACEPARENT.substring(0, 36) + line().get("span_id") + "-01"), answer);
    }

    @Test
    void startsANewTraceForTwoOfTheField() throws Exception {
        send("GET /items/7 HTTP/1.1", "traceparent: " + TRACEPARENT, "traceparent: " + TRACEPARENT);

        assertFalse(TRACEPARENT.contains(line().get("trace_id")));
    }

    @Test
    void tellsWhoIsKeptFromSomethingFromWhoAsksForNothing() throws Exception {
        send("GET /orders/mine HTTP/1.1");
        send("GET /orders/anothers HTTP/1.1");

        assertEquals("404", line().get("status"));
        String denied = DENIED.poll(20, TimeUnit.SECONDS);
        assertEquals("404", ReadLine.fields(String.valueOf(denied)).get("status"));
        assertTrue(LINES.isEmpty() && DENIED.isEmpty());
    }

    @Test
    void writesOneHonestLineOrNoneForWhateverIsSent() throws Exception {
        for (String naughty : NaughtyStrings.ALL) {
            for (String request : requestsWith(naughty)) {
                String answer = sendRaw(request);

                assertFalse(answer.contains("\r\nSet-Cookie:"), answer);
            }
        }
        send("GET /items/last HTTP/1.1", "X-Request-Id: the-last-one");

        Map<String, String> line = line();
        while (!line.get("request_id").equals("the-last-one")) {
            assertTrue(List.of("/items/{id}", "undeclared").contains(line.get("route")), line::toString);
            assertTrue(List.of("GET", "_OTHER").contains(line.get("method")), line::toString);
            line = line();
        }
    }

    /** In each place that a client can fill; what the container takes for the end of a line begins a field. */
    private static List<String> requestsWith(String naughty) {
        var requests = new ArrayList<String>();
        for (String name :
                List.of("X-Request-Id", "Device-Id", "App-Version", "traceparent", "tracestate", "User-Agent")) {
            requests.add(
                    "GET /items/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + name + ": " + naughty + "\r\n\r\n");
        }
        requests.add("GET /items/" + naughty + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        requests.add("GET /items/7?q=" + naughty + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        requests.add(naughty + " /items/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        return requests;
    }

    /** The fields of the next line, which must be plain. */
    private static Map<String, String> line() throws InterruptedException {
        String line = LINES.poll(20, TimeUnit.SECONDS);
        assertTrue(line != null && line.chars().allMatch(c -> c >= ' ' && c <= '~'), () -> "the line was " + line);
        return ReadLine.fields(line);
    }

    private static String send(String requestLine, String... fields) throws IOException {
        String head = List.of(fields).stream().map(field -> field + "\r\n").collect(Collectors.joining());
        return sendRaw(requestLine + "\r\nHost: a\r\nConnection: close\r\n" + head + "\r\n");
    }

    private static String sendRaw(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", app.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException refused) {
            // The container may close on what it cannot read, before it was sent whole.
            return "";
        }
    }
}
