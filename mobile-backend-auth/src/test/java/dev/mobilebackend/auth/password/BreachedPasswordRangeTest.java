// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BreachedPasswordRangeTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** SHA-1 of "password" is 5BAA6 and this. */
    private static final String REST = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch finish = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private int status = 200;
    private String answer = "0018A45C4D1DEF81644B54AB7F969B88D65:10\r\n" + REST + ":52256179\r\n";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        finish.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void asksForTheFirstFiveDigitsAmongMadeUpOnesAndNothingElse() {
        BreachedPasswordRange breached = range(LONG);

        assertTrue(breached.contains("password".toCharArray()));
        assertFalse(breached.contains("passwort".toCharArray()));

        assertEquals("GET /api/range/5BAA6 padded by true", asked.get(0));
        assertEquals(2, asked.size());
        assertEquals(0, breached.unanswered());
    }

    @Test
    void aMadeUpLineIsNoBreach() {
        answer = REST + ":0\r\n";

        assertFalse(range(LONG).contains("password".toCharArray()));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 404, 429, 500, 503})
    void whatIsNotAnsweredIsAcceptedAndCounted(int refusal) {
        status = refusal;
        BreachedPasswordRange breached = range(LONG);

        assertFalse(breached.contains("password".toCharArray()));

        assertEquals(1, breached.unanswered());
    }

    @Test
    void whatIsNotAnsweredInTimeIsAccepted() {
        status = -1;
        BreachedPasswordRange breached = range(Duration.ofMillis(50));

        assertFalse(breached.contains("password".toCharArray()));

        assertEquals(1, breached.unanswered());
    }

    @Test
    void anAnswerThatNeverEndsIsAcceptedInTime() {
        status = -2;
        BreachedPasswordRange breached = range(Duration.ofMillis(300));

        assertFalse(breached.contains("password".toCharArray()));

        assertEquals(1, breached.unanswered());
    }

    @Test
    void anAnswerOfAnyLengthIsGivenUp() {
        answer = (REST + ":1\r\n").repeat(BreachedPasswordRange.MOST_BYTES / 30);
        BreachedPasswordRange breached = range(LONG);

        assertFalse(breached.contains("password".toCharArray()));

        assertEquals(1, breached.unanswered());
    }

    @Test
    void afterSeveralFailuresItIsNotAskedForAWhile() {
        status = 500;
        BreachedPasswordRange breached = range(LONG);

        for (int i = 0; i < 50; i++) {
            assertFalse(breached.contains("password".toCharArray()));
        }

        assertTrue(asked.size() <= 10, () -> asked.size() + " were asked");
        assertEquals(50, breached.unanswered());
    }

    @Test
    void afterTheWhileItIsAskedAgain() {
        status = 500;
        var breached = new BreachedPasswordRange(base("/api/"), HttpClient.newHttpClient(), LONG, Duration.ofNanos(1));
        for (int i = 0; i < 20; i++) {
            breached.contains("password".toCharArray());
        }

        status = 200;

        assertTrue(breached.contains("password".toCharArray()));
    }

    @Test
    void anAddressThatCannotBeRightIsRefusedAtTheStart() {
        assertThrows(
                IllegalArgumentException.class, () -> BreachedPasswordRange.at(URI.create("http://breached.example/")));
        assertThrows(
                IllegalArgumentException.class,
                () -> BreachedPasswordRange.at(URI.create("https://breached.example/api")));
        assertThrows(IllegalArgumentException.class, () -> BreachedPasswordRange.at(URI.create("/api/")));
        assertThrows(
                IllegalArgumentException.class,
                () -> BreachedPasswordRange.at(base("/"), HttpClient.newHttpClient(), Duration.ZERO));
    }

    private BreachedPasswordRange range(Duration timeout) {
        return BreachedPasswordRange.at(base("/api/"), HttpClient.newHttpClient(), timeout);
    }

    private URI base(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " padded by "
                + exchange.getRequestHeaders().getFirst("Add-Padding"));
        byte[] body = answer.getBytes(StandardCharsets.US_ASCII);
        if (status == -1) {
            await();
        } else if (status == -2) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(body);
            exchange.getResponseBody().flush();
            await();
        } else {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private void await() {
        try {
            finish.await();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
