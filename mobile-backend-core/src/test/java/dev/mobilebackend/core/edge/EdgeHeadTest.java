// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.assertProblem;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.transport.HeadPolicy;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EdgeHeadTest {

    private static EdgeServer counting;
    private static EdgeServer standard;

    @BeforeAll
    static void start() {
        counting = start(HeadPolicy.standard().address(30).fields(10, 500));
        standard = start(HeadPolicy.standard());
    }

    private static EdgeServer start(HeadPolicy head) {
        return EdgeServer.start(
                Edge.builder()
                        .transport(TransportPolicy.strict()
                                .plainHttp(PlainHttp.LOOPBACK)
                                .head(head))
                        .routes(routes -> routes.open(GET, "/thing")),
                config -> {},
                config -> config.routes.get("/thing", context -> context.result("fine")));
    }

    @AfterAll
    static void stop() {
        counting.close();
        standard.close();
    }

    @Test
    void countsPathAndQueryTogether() throws Exception {
        String longest = "/thing?q=" + "x".repeat(21);

        assertEquals("fine", counting.get(longest).body());
        assertProblem(counting.get(longest + "x"), 414, "uri-too-long");
    }

    @Test
    void countsThemWhereNothingIsSaid() throws Exception {
        assertEquals("HTTP/1.1 200 OK", statusOfBareGet("/thing?" + "x".repeat(7993)));
        assertEquals("HTTP/1.1 414 URI Too Long", statusOfBareGet("/thing?" + "x".repeat(7994)));
    }

    /** Without the fields that an HTTP client adds, which would fill the container's buffer. */
    private static String statusOfBareGet(String path) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), standard.port())) {
            String head = "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void countsFieldsAndTheirBytesWhereItIsAskedTo() throws Exception {
        assertEquals("fine", counting.get("/thing", "A", "x".repeat(200)).body());
        assertProblem(counting.get("/thing", "A", "x".repeat(500)), 431, "headers-too-large");
        assertProblem(
                counting.get(
                        "/thing", "A", "1", "A", "2", "A", "3", "B", "4", "B", "5", "B", "6", "C", "7", "C", "8", "C",
                        "9", "D", "10"),
                431,
                "headers-too-large");
        assertEquals("fine", standard.get("/thing", "A", "x".repeat(500)).body());
    }

    @Test
    void whatTheContainerRefusesHasTheSameShape() throws Exception {
        var answer = standard.get("/thing", "A", "x".repeat(20_000));

        assertProblem(answer, 431, "headers-too-large");
    }

    @Test
    void aLimitIsAtLeastOne() {
        assertThrows(IllegalArgumentException.class, () -> HeadPolicy.standard().address(0));
        assertThrows(IllegalArgumentException.class, () -> HeadPolicy.standard().fields(0, 1));
        assertThrows(IllegalArgumentException.class, () -> HeadPolicy.standard().fields(1, 0));
    }
}
