// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.assertProblem;
import static dev.mobilebackend.core.edge.EdgeServer.header;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.transport.BodyPolicy;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeInflationTest {

    private static final int MAXIMUM = 200_000;

    private static EdgeServer server;
    private static volatile InputStream left;

    @BeforeAll
    static void start() {
        server = EdgeServer.start(
                Edge.builder()
                        .transport(TransportPolicy.strict()
                                .plainHttp(PlainHttp.LOOPBACK)
                                .body(BodyPolicy.standard().maximum(MAXIMUM).inflation(100)))
                        .routes(routes -> routes.open(POST, "/size")
                                .open(POST, "/form")
                                .open(POST, "/fields")
                                .open(POST, "/listens")
                                .open(POST, "/leaves")
                                .open(POST, "/large")
                                .body(BodyPolicy.standard().maximum(2_000_000).inflation(2000))
                                .signedIn(POST, "/pay")
                                .idempotent()),
                config -> {},
                config -> config.routes
                        .post("/size", EdgeInflationTest::size)
                        .post("/large", EdgeInflationTest::size)
                        .post("/form", context -> context.result(context.req().getParameter("a")))
                        .post("/leaves", context -> {
                            left = context.req().getInputStream();
                            context.result("" + left.read());
                        })
                        .post(
                                "/listens",
                                context -> context.req().getInputStream().setReadListener(null))
                        .post(
                                "/pay",
                                context -> context.result(HexFormat.of()
                                        .formatHex(Exchange.of(context.req()).fingerprint())))
                        .post(
                                "/fields",
                                context -> context.result(context.req().getHeader("Content-Encoding") + " "
                                        + context.req().getContentLengthLong() + " "
                                        + context.req().getIntHeader("Content-Length") + " "
                                        + Collections.list(context.req().getHeaderNames()).stream()
                                                .anyMatch("content-length"::equalsIgnoreCase))));
    }

    private static void size(io.javalin.http.Context context) {
        byte[] body = Exchange.of(context.req()).body();
        context.result(body.length + " " + Arrays.hashCode(body));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "x-gzip", "deflate", " gzip "})
    void theHandlerReadsWhatWasMeant(String coding) throws Exception {
        byte[] body = incompressible(50_000);
        byte[] coded = coding.equals("deflate") ? deflated(body) : gzipped(body);

        HttpResponse<String> answer = post("/size", coded, "Content-Encoding", coding);

        assertEquals(body.length + " " + Arrays.hashCode(body), answer.body());
    }

    @Test
    void aFormIsInflatedToo() throws Exception {
        HttpResponse<String> answer = post(
                "/form",
                gzipped("a=hello".getBytes(StandardCharsets.UTF_8)),
                "Content-Encoding",
                "gzip",
                "Content-Type",
                "application/x-www-form-urlencoded");

        assertEquals("hello", answer.body());
    }

    @Test
    void nobodyInflatesTwice() throws Exception {
        assertEquals(
                "null -1 -1 false",
                post("/fields", gzipped(new byte[10]), "Content-Encoding", "gzip")
                        .body());
    }

    @Test
    void aRetryIsTheSameRequestHoweverItIsCompressed() throws Exception {
        byte[] body = "amount=10".getBytes(StandardCharsets.UTF_8);

        String plain = pay(body, "identity").body();

        assertEquals(plain, pay(gzipped(body), "gzip").body());
        assertEquals(plain, pay(deflated(body), "deflate").body());
    }

    @Test
    void aBombIsRefusedAtTheRatioBeforeItIsAtTheMaximum() throws Exception {
        byte[] zeros = gzipped(new byte[MAXIMUM]);

        assertProblem(post("/size", zeros, "Content-Encoding", "gzip"), 413, "body-too-large");
        assertEquals(200, post("/large", zeros, "Content-Encoding", "gzip").statusCode());
    }

    @Test
    void aBodyIsRefusedAtTheMaximumWhateverItsRatio() throws Exception {
        byte[] noise = incompressible(1000);
        byte[] repeated = new byte[MAXIMUM + 1];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = noise[(i + i / 1000) % 1000];
        }

        assertProblem(post("/size", gzipped(repeated), "Content-Encoding", "gzip"), 413, "body-too-large");
        assertProblem(post("/large", gzipped(new byte[2_000_001]), "Content-Encoding", "gzip"), 413, "body-too-large");
    }

    @Test
    void whatIsNotInTheCodingItNamesIsRefused() throws Exception {
        byte[] whole = gzipped(incompressible(1000));
        byte[] flipped = whole.clone();
        flipped[500] ^= 1;

        assertProblem(post("/size", new byte[100], "Content-Encoding", "gzip"), 400, "malformed-request");
        assertProblem(post("/size", new byte[0], "Content-Encoding", "gzip"), 400, "malformed-request");
        assertProblem(post("/size", Arrays.copyOf(whole, 700), "Content-Encoding", "gzip"), 400, "malformed-request");
        assertProblem(post("/size", flipped, "Content-Encoding", "gzip"), 400, "malformed-request");
        assertProblem(post("/size", whole, "Content-Encoding", "deflate"), 400, "malformed-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "gzip, gzip", "gzip;q=1", "identity, gzip", "aws-chunked"})
    void otherCodingsAreRefusedAndTheKnownOnesNamed(String coding) throws Exception {
        HttpResponse<String> answer = post("/size", new byte[10], "Content-Encoding", coding);

        assertProblem(answer, 415, "unsupported-coding");
        assertEquals("gzip, deflate", header(answer, "Accept-Encoding"));
    }

    @Test
    void twoLinesOfCodingsAreRefused() throws Exception {
        HttpResponse<String> answer =
                post("/size", gzipped(new byte[10]), "Content-Encoding", "gzip", "Content-Encoding", "gzip");

        assertProblem(answer, 415, "unsupported-coding");
    }

    @Test
    void whatIsLeftOfABodyIsNotInflatedOnceTheRequestHasEnded() throws Exception {
        HttpResponse<String> answer = post("/leaves", gzipped(new byte[1000]), "Content-Encoding", "gzip");

        assertEquals("0", answer.body());
        assertThrows(IOException.class, left::read);
    }

    @Test
    void aBodyForAListenerMayNotBeCompressed() throws Exception {
        HttpResponse<String> answer = post("/listens", gzipped(new byte[10]), "Content-Encoding", "gzip");

        assertProblem(answer, 415, "unsupported-coding");
        assertEquals("identity", header(answer, "Accept-Encoding"));
    }

    @Test
    void partsAreNotInflatedSinceTheContainerReadsThem() throws Exception {
        HttpResponse<String> answer = post(
                "/size",
                gzipped(new byte[10]),
                "Content-Encoding",
                "gzip",
                "Content-Type",
                "multipart/form-data;boundary=b");

        assertProblem(answer, 415, "unsupported-coding");
    }

    private static HttpResponse<String> pay(byte[] body, String coding) throws Exception {
        return post("/pay", body, "Content-Encoding", coding, "Test-Caller", "ann", "Idempotency-Key", "key-1");
    }

    private static HttpResponse<String> post(String path, byte[] body, String... headers) throws Exception {
        return server.send("POST", path, BodyPublishers.ofByteArray(body), headers);
    }

    private static byte[] incompressible(int length) {
        var bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private interface Coder {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] gzipped(byte[] body) throws IOException {
        return coded(body, GZIPOutputStream::new);
    }

    private static byte[] deflated(byte[] body) throws IOException {
        return coded(body, out -> new DeflaterOutputStream(out, new Deflater(9)));
    }

    private static byte[] coded(byte[] body, Coder coder) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = coder.over(bytes)) {
            out.write(body);
        }
        return bytes.toByteArray();
    }
}
