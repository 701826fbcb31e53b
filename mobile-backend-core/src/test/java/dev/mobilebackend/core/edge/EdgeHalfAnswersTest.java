// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.health.Drain;
import dev.mobilebackend.core.health.DrainPolicy;
import dev.mobilebackend.core.health.Health;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers whose end is not where the connection's is. */
class EdgeHalfAnswersTest {

    private static EdgeServer leaving;

    @BeforeAll
    static void start() {
        var drain = new Drain(Health.of(Database.of(Jdbi.create("jdbc:h2:mem:"))), DrainPolicy.usual());
        drain.begin();
        leaving = EdgeServer.start(
                Edge.builder()
                        .observe(drain)
                        .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                        .routes(routes ->
                                routes.open(GET, "/half").open(GET, "/all").open(POST, "/unread")),
                config -> {},
                config -> config.routes
                        .get("/half", context -> {
                            context.res().getOutputStream().write("half".getBytes(StandardCharsets.UTF_8));
                            context.res().flushBuffer();
                            throw new IllegalStateException("not the rest");
                        })
                        .get("/all", context -> {
                            context.res().getOutputStream().write("all".getBytes(StandardCharsets.UTF_8));
                            context.res().flushBuffer();
                        })
                        .post("/unread", context -> context.result("done")));
    }

    @AfterAll
    static void stop() {
        leaving.close();
    }

    @Test
    void anAnswerThatFailsHalfwayDoesNotLookWholeWhileDraining() {
        assertThrows(IOException.class, () -> leaving.get("/half"));
    }

    @Test
    void anAnswerThatFailsHalfwayDoesNotLookWholeToAClientThatCloses() throws Exception {
        String answer = ask("GET /half HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertTrue(answer.contains("half"), answer);
        assertFalse(answer.endsWith("\r\n0\r\n\r\n"), answer);
        assertTrue(answer.contains("Transfer-Encoding: chunked\r\n"), answer);
    }

    @Test
    void aWholeAnswerOfUnknownLengthClosesTheConnectionWhileDraining() throws Exception {
        String answer = ask("GET /all HTTP/1.1\r\nHost: a\r\n\r\n");

        assertTrue(answer.endsWith("3\r\nall\r\n0\r\n\r\n"), answer);
        assertTrue(answer.contains("Connection: close\r\n"), answer);
    }

    @Test
    void aClientOfTheOldProtocolIsSentNoChunks() throws Exception {
        String answer = ask("GET /all HTTP/1.0\r\nHost: a\r\n\r\n");

        assertTrue(answer.endsWith("\r\n\r\nall"), answer);
    }

    @Test
    void whatWasDoneIsToldBeforeTheRestOfTheBodyHasCome() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), leaving.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf"
                            .getBytes(StandardCharsets.US_ASCII));

            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertEquals("HTTP/1.1 200 OK", in.readLine());
        }
    }

    /** All that comes until the connection ends. */
    private static String ask(String head) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), leaving.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            var answer = new StringBuilder();
            try {
                for (int next = socket.getInputStream().read();
                        next >= 0;
                        next = socket.getInputStream().read()) {
                    answer.append((char) next);
                }
            } catch (java.net.SocketException cut) {
                answer.append(" (cut)");
            }
            return answer.toString();
        }
    }
}
