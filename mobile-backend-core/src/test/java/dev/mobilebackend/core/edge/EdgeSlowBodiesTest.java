// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.transport.BodyPolicy;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import dev.mobilebackend.core.transport.TrustedProxies.Field;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many clients that send a byte now and then, against a server with fewer threads than there are such clients. */
class EdgeSlowBodiesTest {

    private static final int THREADS = 100;
    private static final int WAITING = 40;
    private static final int DRIPPING = 200;

    private static final AtomicLong TICKS = new AtomicLong();

    private static EdgeServer server;
    private static ExecutorService readers;

    @BeforeEach
    void start() {
        readers = Executors.newCachedThreadPool();
        server = EdgeServer.start(
                Edge.builder()
                        .ticks(TICKS::get)
                        .transport(TransportPolicy.strict()
                                .plainHttp(PlainHttp.LOOPBACK)
                                .trustedProxies(Field.X_FORWARDED, "127.0.0.1")
                                .waiting(WAITING)
                                .body(BodyPolicy.standard().pace(Duration.ofSeconds(10), 500, Duration.ofMinutes(5))))
                        .routes(routes -> routes.open(GET, "/fine").open(POST, "/read")),
                config -> config.jetty.threadPool = new QueuedThreadPool(THREADS),
                config -> config.routes
                        .get("/fine", context -> context.result("fine"))
                        .post(
                                "/read",
                                context -> context.result(
                                        Exchange.of(context.req()).body().length + " bytes")));
    }

    @AfterEach
    void stop() {
        server.close();
        readers.shutdownNow();
    }

    @Test
    void aFloodFromEverywhereLeavesThreadsForEverybodyElse() throws Exception {
        try (var flood = new Flood("/read", number -> "203.0.113." + number)) {
            flood.assertAnswers(DRIPPING - WAITING, "HTTP/1.1 503 Service Unavailable, Connection: close");

            assertEquals(WAITING, flood.silent.size());
            assertEquals("fine", get("/fine"));
        }
    }

    @Test
    void aFloodFromOneNetworkCostsNobodyElseAnything() throws Exception {
        int share = WAITING / 4;
        try (var flood = new Flood("/read", number -> "2001:db8::" + number)) {
            flood.assertAnswers(DRIPPING - share, "HTTP/1.1 503 Service Unavailable, Connection: close");

            assertEquals("fine", get("/fine"));
            assertEquals("5 bytes", post("hello"));
        }
    }

    @Test
    void bodiesThatNobodyReadsHoldNoMoreThreadsThanOthers() throws Exception {
        int share = WAITING / 4;
        try (var flood = new Flood("/nothing", number -> "2001:db8::" + number)) {
            flood.assertAnswers(DRIPPING - share, "HTTP/1.1 404 Not Found, Connection: close");
            flood.assertNoMoreAnswers();
            assertEquals("fine", get("/fine"));
            TICKS.addAndGet(Duration.ofSeconds(11).toNanos());

            for (Socket socket : List.copyOf(flood.silent)) {
                send(socket, "y");
            }

            flood.assertAnswers(share, "HTTP/1.1 404 Not Found, Connection: close");
        }
    }

    @Test
    void aConnectionIsUsedAgainAfterARefusedBodyHasCome() throws Exception {
        try (Socket socket = begin("/nothing", "192.0.2.3")) {
            send(socket, "x".repeat(1000) + head("GET", "/fine", "192.0.2.3") + "\r\n");

            var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertEquals(
                    List.of("HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK"),
                    answers.lines()
                            .filter(line -> line.contains("HTTP/1.1"))
                            .map(line -> line.substring(line.indexOf("HTTP/1.1")))
                            .limit(2)
                            .toList());
        }
    }

    @Test
    void whoeverDripsForTooLongIsRefused() throws Exception {
        try (var flood = new Flood("/read", number -> "198.51.100." + number)) {
            flood.assertAnswers(DRIPPING - WAITING, "HTTP/1.1 503 Service Unavailable, Connection: close");
            TICKS.addAndGet(Duration.ofSeconds(11).toNanos());

            for (Socket socket : List.copyOf(flood.silent)) {
                send(socket, "y");
            }

            flood.assertAnswers(WAITING, "HTTP/1.1 408 Request Timeout, Connection: close");
        }
        assertEquals("5 bytes", post("hello"));
    }

    private static String get(String path) throws Exception {
        return server.get(path, "X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", "https")
                .body();
    }

    private static String post(String body) throws Exception {
        return server.send(
                        "POST",
                        "/read",
                        BodyPublishers.ofString(body),
                        "X-Forwarded-For",
                        "192.0.2.1",
                        "X-Forwarded-Proto",
                        "https")
                .body();
    }

    @Test
    void aBodyThatKeepsUpIsReadHoweverLongItTakes() throws Exception {
        try (Socket socket = begin("/read", "192.0.2.2")) {
            TICKS.addAndGet(Duration.ofSeconds(9).toNanos());
            send(socket, "x".repeat(1000));

            assertEquals("HTTP/1.1 200 OK", statusLine(socket));
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** Sends the head of a request and one byte of its body, a thousand short. */
    private static Socket begin(String path, String client) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        send(socket, head("POST", path, client) + "Content-Length: 1001\r\n\r\nx");
        return socket;
    }

    private static String head(String method, String path, String client) {
        return method + " " + path + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + client
                + "\r\nX-Forwarded-Proto: https\r\n";
    }

    /** The status line, and whether the connection is to be closed. */
    private static String statusLine(Socket socket) {
        try {
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String status = Objects.requireNonNullElse(in.readLine(), "nothing");
            String field = in.readLine();
            while (field != null && !field.isEmpty() && !field.equalsIgnoreCase("Connection: close")) {
                field = in.readLine();
            }
            return field == null || field.isEmpty() ? status : status + ", Connection: close";
        } catch (IOException closed) {
            return "broken off";
        }
    }

    private static final class Flood implements AutoCloseable {

        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        private final Set<Socket> silent = ConcurrentHashMap.newKeySet();
        private final List<Socket> all = new ArrayList<>();

        Flood(String path, IntFunction<String> clients) throws IOException {
            for (int i = 0; i < DRIPPING; i++) {
                Socket socket = begin(path, clients.apply(i));
                all.add(socket);
                silent.add(socket);
                readers.execute(() -> {
                    String line = statusLine(socket);
                    silent.remove(socket);
                    answers.add(line);
                });
            }
        }

        void assertAnswers(int count, String line) throws InterruptedException {
            for (int i = 0; i < count; i++) {
                String answer = answers.poll(20, TimeUnit.SECONDS);
                assertNotNull(answer, i + " of " + count + " answers came");
                assertEquals(line, answer);
            }
        }

        /** Fails only if one comes, so that nothing depends on how long it waits. */
        void assertNoMoreAnswers() throws InterruptedException {
            assertNull(answers.poll(300, TimeUnit.MILLISECONDS));
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : all) {
                socket.close();
            }
        }
    }
}
