// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.MAXIMUM_BODY;
import static dev.mobilebackend.core.edge.EdgeServer.assertProblem;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.route.Routes;
import io.javalin.config.JavalinConfig;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeBodiesTest {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String MULTIPART = "multipart/form-data; boundary=b";

    private static EdgeServer server;

    @BeforeAll
    static void start() {
        server = EdgeServer.start(EdgeBodiesTest::declare, EdgeBodiesTest::serve);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void declare(Routes routes) {
        routes.open(POST, "/form").open(POST, "/upload");
        routes.signedIn(POST, "/pay").idempotent();
        routes.signedIn(POST, "/forgets").idempotent();
        routes.signedIn(POST, "/forgets-and-sends").idempotent();
    }

    private static void serve(JavalinConfig config) {
        config.routes.post("/form", context -> context.result(parameters(context.req())));
        config.routes.post("/upload", context -> context.result("uploaded"));
        config.routes.post("/pay", context -> {
            String amount = context.req().getParameter("amount");
            byte[] fingerprint = Exchange.of(context.req()).fingerprint();
            context.result(amount + " " + HexFormat.of().formatHex(fingerprint));
        });
        config.routes.post("/forgets", context -> context.result("paid"));
        config.routes.post("/forgets-and-sends", context -> {
            context.res().getOutputStream().write("paid".getBytes(StandardCharsets.UTF_8));
            context.res().flushBuffer();
        });
    }

    private static String parameters(HttpServletRequest request) {
        var text = new StringBuilder();
        for (String name : Collections.list(request.getParameterNames())) {
            text.append(name).append(Arrays.toString(request.getParameterValues(name)));
        }
        return text.append(request.getParameterMap().size())
                .append(request.getParameter("nothing"))
                .toString();
    }

    @Test
    void readsAFormWithItsQueryAsTheContainerWould() throws Exception {
        HttpResponse<String> answer = post("/form?a=1&b=%C3%A4", form("a=2+3&c&d=%e2%82%ac"));

        assertEquals("a[1, 2 3]b[ä]c[]d[€]4null", answer.body());
    }

    @Test
    void readsAFormInTheCharsetThatItDeclares() throws Exception {
        HttpResponse<String> answer =
                server.send("POST", "/form", form("a=%E4"), "Content-Type", FORM + ";charset=iso-8859-1");

        assertEquals("a[ä]1null", answer.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%zz", "a=%ff", "a=b%c3", "%ed%a0%80=1", "a=%ef%bf%bd&b=%ff"})
    void refusesAFormThatCannotBeRead(String text) throws Exception {
        assertProblem(post("/form", form(text)), 400, "malformed-request");
    }

    @Test
    void refusesAQueryThatCannotBeRead() throws Exception {
        assertProblem(post("/form?a=%ff", form("")), 400, "malformed-request");
    }

    @Test
    void readsWhatStandsForNoCharacterWhereItIsMeant() throws Exception {
        assertEquals("a[\uFFFD]1null", post("/form", form("a=%ef%bf%bd")).body());
    }

    @Test
    void refusesTwoMediaTypes() throws Exception {
        HttpResponse<String> answer =
                server.send("POST", "/form", form("a=1"), "Content-Type", FORM, "Content-Type", "application/json");

        assertProblem(answer, 400, "malformed-request");
    }

    @Test
    void refusesMoreThanAThousandParameters() throws Exception {
        String thousand = "a&".repeat(999) + "a";

        assertEquals(200, post("/form?" + thousand, form("")).statusCode());
        assertProblem(post("/form?" + thousand, form("b=1")), 400, "malformed-request");
    }

    @Test
    void refusesAChunkedFormOverTheLimit() throws Exception {
        assertProblem(post("/form", chunked("a=" + "x".repeat(MAXIMUM_BODY))), 413, "body-too-large");
    }

    @Test
    void fingerprintsAFormThatIsReadByItsParameters() throws Exception {
        String ten = pay(form("amount=10"), "Content-Type", FORM).body();
        String again = pay(form("amount=10"), "Content-Type", FORM).body();
        String eleven = pay(form("amount=11"), "Content-Type", FORM).body();

        assertEquals(ten, again);
        assertEquals("10", ten.substring(0, 2));
        assertEquals("11", eleven.substring(0, 2));
        assertNotEquals(ten.substring(3), eleven.substring(3));
    }

    @Test
    void refusesPartsWhereARequestIsFingerprinted() throws Exception {
        assertProblem(pay(form("--b--"), "Content-Type", MULTIPART), 415, "unsupported-media-type");
    }

    @Test
    void refusesPartsOfUnknownLength() throws Exception {
        assertEquals(
                200,
                server.send("POST", "/upload", form("--b--"), "Content-Type", MULTIPART)
                        .statusCode());
        assertProblem(
                server.send("POST", "/upload", chunked("--b--"), "Content-Type", MULTIPART), 411, "length-required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/forgets", "/forgets-and-sends"})
    void answersNothingGoodWhereAnIdempotentRouteDoesNotUseIdempotency(String path) throws Exception {
        HttpResponse<String> answer =
                server.send("POST", path, form(""), "Test-Caller", "ann", "Idempotency-Key", "key-1");

        assertProblem(answer, 500, "internal-error");
    }

    private static HttpResponse<String> pay(BodyPublisher body, String name, String value) throws Exception {
        return server.send("POST", "/pay", body, "Test-Caller", "ann", "Idempotency-Key", "key-1", name, value);
    }

    private static HttpResponse<String> post(String path, BodyPublisher body) throws Exception {
        return server.send("POST", path, body, "Content-Type", FORM);
    }

    private static BodyPublisher form(String text) {
        return BodyPublishers.ofString(text);
    }

    private static BodyPublisher chunked(String text) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
