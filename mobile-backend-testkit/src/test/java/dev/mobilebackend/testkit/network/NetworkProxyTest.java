// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.network;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.testkit.TinyApp;
import dev.mobilebackend.testkit.app.RunningApp;
import dev.mobilebackend.testkit.contract.Race;
import dev.mobilebackend.testkit.network.NetworkProxy.Moment;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NetworkProxyTest {

    private final TinyApp app = new TinyApp();
    private final RunningApp running = RunningApp.servlet(app);
    private final NetworkProxy network = NetworkProxy.to(running.uri());
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        network.close();
        running.close();
    }

    @Test
    void passesEveryByteOnBothWays() throws Exception {
        var megabyte = new byte[1024 * 1024];
        new Random(7).nextBytes(megabyte);
        app.next("/echo", (request, response) -> response.getOutputStream().write(megabyte));

        HttpResponse<byte[]> echoed =
                http.send(request("/echo", BodyPublishers.ofByteArray(megabyte)), BodyHandlers.ofByteArray());

        assertArrayEquals(megabyte, echoed.body());
        assertEquals(megabyte.length, app.seen("/echo").get(0).body().length());
        assertEquals(0, network.cutResponses());
    }

    @Test
    void cutsTheNextResponseAfterTheApplicationHasRunTheRequestAndNoneAfterIt() throws Exception {
        post("/before");
        var cut = network.cutNextResponse();

        assertThrows(IOException.class, () -> post("/cut"));
        cut.get(30, TimeUnit.SECONDS);

        assertEquals(1, app.seen("/cut").size());
        assertEquals(1, network.cutResponses());
        assertEquals(201, post("/after").statusCode());
        assertEquals(1, network.cutResponses());
    }

    @Test
    void cutsOnAConnectionThatIsKeptAlive() throws Exception {
        try (var phone = connect()) {
            send(phone, "GET", "/first");
            readOneAnswer(phone);
            network.cutNextResponse();

            send(phone, "GET", "/second");

            assertThrows(SocketException.class, () -> phone.getInputStream().read());
            assertEquals(1, app.seen("/second").size());
        }
    }

    @Test
    void resetsWithoutOneByteSoThatNobodyTakesItForTheEndOfAnAnswer() throws Exception {
        network.cutNextResponse();
        try (var phone = connect()) {
            send(phone, "GET", "/cut");

            assertThrows(SocketException.class, () -> phone.getInputStream().read());
        }
    }

    @Test
    void leavesAnAnswerAloneThatHadBegunBefore() throws Exception {
        var armed = new CyclicBarrier(2);
        app.next("/long", (request, response) -> {
            response.setContentLength(10);
            response.getOutputStream().write("first".getBytes(US_ASCII));
            response.flushBuffer();
            Race.await(armed);
            response.getOutputStream().write(" half".getBytes(US_ASCII));
        });
        try (var phone = connect()) {
            send(phone, "GET", "/long");
            readUntil(phone, "first");
            network.cutNextResponse();
            Race.await(armed);

            assertEquals(" half", readUntil(phone, "half"));
        }

        assertThrows(IOException.class, () -> post("/cut"));
        assertEquals(1, network.cutResponses());
    }

    @Test
    void cutsTwoWhenItIsToldTwice() throws Exception {
        network.cutNextResponse();
        network.cutNextResponse();

        assertThrows(IOException.class, () -> post("/one"));
        assertThrows(IOException.class, () -> post("/two"));
        assertEquals(201, post("/three").statusCode());

        assertEquals(2, network.cutResponses());
    }

    @Test
    void cutsOneOfManyThatAreUnderWayTogether() {
        network.cutNextResponse();

        var answered = Race.of(8, () -> {
            try {
                return post("/race").statusCode();
            } catch (IOException cut) {
                return 0;
            }
        });

        assertEquals(7, answered.stream().filter(status -> status == 201).count());
        assertEquals(8, app.seen("/race").size());
    }

    @Test
    void theApplicationEndsACutAnswerUndisturbed() throws Exception {
        var ended = new CyclicBarrier(2);
        var large = new byte[4 * 1024 * 1024];
        app.next("/large", (request, response) -> {
            response.getOutputStream().write(large);
            response.flushBuffer();
            Race.await(ended);
        });
        network.cutNextResponse();

        assertThrows(IOException.class, () -> post("/large"));

        Race.await(ended);
        assertEquals(1, network.cutResponses());
    }

    @Test
    void keepsThePathOfTheApplication() {
        try (var mounted = NetworkProxy.to(URI.create(running.uri() + "/api"))) {
            assertEquals("/api", mounted.uri().getPath());
        }
    }

    @Test
    void acceptsNobodyOnceItIsClosed() throws Exception {
        try (var phone = connect()) {
            send(phone, "GET", "/first");
            readOneAnswer(phone);

            network.close();

            assertThrows(SocketException.class, () -> phone.getInputStream().read());
            assertThrows(ConnectException.class, this::connect);
        }
    }

    @Test
    void resetsThePhoneWhenTheApplicationIsGone() throws Exception {
        running.close();
        try (var phone = connect()) {
            assertThrows(SocketException.class, () -> phone.getInputStream().read());
        }
    }

    @Test
    void cutsBeforeTheServerHasHeardTheWords() throws Exception {
        var cut = network.cutAt("/second", Moment.BEFORE);
        post("/first");

        assertThrows(IOException.class, () -> post("/second"));
        cut.get(30, TimeUnit.SECONDS);

        assertEquals(0, app.seen("/second").size());
        assertEquals(201, post("/second").statusCode());
        assertEquals(1, network.cutResponses());
    }

    @Test
    void cutsAfterTheServerHasHeardTheWords() throws Exception {
        var cut = network.cutAt("/second", Moment.AFTER);
        post("/first");

        assertThrows(IOException.class, () -> post("/second"));
        cut.get(30, TimeUnit.SECONDS);

        assertEquals(1, app.seen("/second").size());
        assertEquals(201, post("/second").statusCode());
    }

    @Test
    void cutsNothingThatWasCalledOff() throws Exception {
        network.cutAt("/second", Moment.BEFORE).cancel(false);
        network.cutNextResponse().cancel(false);

        assertEquals(201, post("/second").statusCode());
        assertEquals(0, network.cutResponses());
    }

    @Test
    void standsBeforeAServerThatDoesNotSpeakHttp() throws Exception {
        try (var plain = NetworkProxy.to(URI.create("tcp://" + running.uri().getAuthority()));
                var socket = new Socket(plain.uri().getHost(), plain.uri().getPort())) {
            assertEquals("tcp", plain.uri().getScheme());
            send(socket, "GET", "/through");
            readOneAnswer(socket);
        }

        assertEquals(1, app.seen("/through").size());
    }

    @Test
    void refusesAnAddressItCannotStandBefore() {
        var refused =
                assertThrows(IllegalArgumentException.class, () -> NetworkProxy.to(URI.create("https://shop.example")));

        assertEquals(
                "server must be like http://127.0.0.1:8080 or tcp://127.0.0.1:5432, was https://shop.example",
                refused.getMessage());
    }

    private HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return http.send(request(path, BodyPublishers.ofString("{}")), BodyHandlers.ofString());
    }

    private HttpRequest request(String path, HttpRequest.BodyPublisher body) {
        return HttpRequest.newBuilder(network.uri().resolve(path)).POST(body).build();
    }

    private Socket connect() throws IOException {
        return new Socket(network.uri().getHost(), network.uri().getPort());
    }

    private static void send(Socket phone, String method, String path) throws IOException {
        phone.getOutputStream().write((method + " " + path + " HTTP/1.1\r\nHost: app\r\n\r\n").getBytes(US_ASCII));
    }

    private static void readOneAnswer(Socket phone) throws IOException {
        readUntil(phone, "\r\n\r\n");
    }

    private static String readUntil(Socket phone, String end) throws IOException {
        var read = new StringBuilder();
        while (read.indexOf(end) < 0) {
            int next = phone.getInputStream().read();
            assertTrue(next >= 0, () -> "the answer ended after " + read);
            read.append((char) next);
        }
        return read.toString();
    }
}
