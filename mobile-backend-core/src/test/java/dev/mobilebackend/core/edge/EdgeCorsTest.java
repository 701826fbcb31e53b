// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.assertProblem;
import static dev.mobilebackend.core.edge.EdgeServer.header;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.PATCH;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.transport.CorsPolicy;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeCorsTest {

    private static final String APP = "https://app.example.com";
    private static final String STRANGER = "https://evil.example";

    private static EdgeServer server;
    private static EdgeServer withoutCors;

    @BeforeAll
    static void start() {
        server = start(CorsPolicy.allow(APP, "capacitor://localhost"));
        withoutCors = start(CorsPolicy.none());
    }

    private static EdgeServer start(CorsPolicy cors) {
        return EdgeServer.start(
                Edge.builder()
                        .transport(TransportPolicy.strict()
                                .plainHttp(PlainHttp.LOOPBACK)
                                .cors(cors))
                        .routes(routes -> routes.open(GET, "/thing")
                                .open(POST, "/thing")
                                .open(GET, "/varies")
                                .signedIn(PATCH, "/thing/{id}")),
                config -> {},
                config -> config.routes
                        .get("/thing", context -> context.result("read"))
                        .get("/varies", context -> context.header("Vary", "Accept"))
                        .post("/thing", context -> context.result("changed"))
                        .patch("/thing/{id}", context -> context.result("patched")));
    }

    @AfterAll
    static void stop() {
        server.close();
        withoutCors.close();
    }

    @Test
    void aListedOriginMayReadAnswersAndProblems() throws Exception {
        HttpResponse<String> answer = server.get("/thing", "Origin", APP);
        HttpResponse<String> problem = server.get("/nothing", "Origin", APP);

        assertEquals("read", answer.body());
        assertEquals(APP, header(answer, "Access-Control-Allow-Origin"));
        assertTrue(header(answer, "Access-Control-Expose-Headers").contains("ETag"));
        assertEquals(APP, header(problem, "Access-Control-Allow-Origin"));
        assertTrue(
                answer.headers().firstValue("Access-Control-Allow-Credentials").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "WebSocket", "h2c, websocket"})
    void aPageOfAnotherOriginOpensNoWebSocket(String upgrade) throws Exception {
        for (EdgeServer one : List.of(server, withoutCors)) {
            assertTrue(handshake(one, upgrade, STRANGER).contains(" 403 "));
        }
        assertTrue(handshake(server, upgrade, APP).contains(" 200 "));
        assertTrue(handshake(withoutCors, upgrade, "http://localhost").contains(" 200 "));
    }

    /** The status line of the answer to a handshake, which nothing here upgrades. */
    private static String handshake(EdgeServer asked, String upgrade, String origin) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), asked.port())) {
            String head = "GET /thing HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: " + upgrade
                    + "\r\nOrigin: " + origin + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void cachesAreToldThatTheAnswerDependsOnTheOrigin() throws Exception {
        assertTrue(server.get("/thing").headers().allValues("Vary").contains("Origin"));
        assertTrue(withoutCors.get("/thing").headers().allValues("Vary").isEmpty());
    }

    @Test
    void whatTheApplicationsAnswerDependsOnIsAdded() throws Exception {
        String vary =
                String.join(", ", server.get("/varies", "Origin", APP).headers().allValues("Vary"));

        assertEquals("Accept, Origin", vary);
        assertEquals(List.of("Accept"), withoutCors.get("/varies").headers().allValues("Vary"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                STRANGER,
                "null",
                "https://app.example.com.evil.example",
                "http://app.example.com",
                "HTTPS://app.example.com",
                "https://app.example.com/",
                "https://app.example.com:8443",
                "*"
            })
    void anotherOriginMayNotReadNorChangeAnything(String origin) throws Exception {
        HttpResponse<String> read = server.get("/thing", "Origin", origin);
        HttpResponse<String> change = post(server, "Origin", origin);

        assertTrue(read.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
        assertProblem(change, 403, "cross-origin");
        assertTrue(change.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
    }

    @Test
    void withoutCorsNoOtherOriginMayChangeAnything() throws Exception {
        assertProblem(post(withoutCors, "Origin", APP), 403, "cross-origin");
        assertProblem(post(withoutCors, "Origin", "null", "Sec-Fetch-Site", "cross-site"), 403, "cross-origin");
        assertTrue(withoutCors
                .get("/thing", "Origin", APP)
                .headers()
                .firstValue("Access-Control-Allow-Origin")
                .isEmpty());
    }

    @Test
    void nativeAppsAndPagesOfTheServiceItselfAreNotConcerned() throws Exception {
        assertEquals("changed", post(server).body());
        assertEquals(
                "changed",
                post(server, "Origin", "http://127.0.0.1:" + server.port()).body());
        assertEquals(
                "changed",
                post(server, "Origin", "https://behind.example", "Sec-Fetch-Site", "same-origin")
                        .body());
        assertEquals("changed", post(server, "Origin", "capacitor://localhost").body());
    }

    @Test
    void anotherPortOrSchemeIsAnotherOrigin() throws Exception {
        assertProblem(post(server, "Origin", "http://127.0.0.1:1"), 403, "cross-origin");
        assertProblem(post(server, "Origin", "https://127.0.0.1:" + server.port()), 403, "cross-origin");
        assertProblem(post(server, "Origin", "http://127.0.0.1"), 403, "cross-origin");
    }

    @Test
    void aPreflightIsAnsweredBeforeAnybodyMustSignIn() throws Exception {
        HttpResponse<String> answer = preflight(server, "/thing/7", APP, "PATCH");

        assertEquals(204, answer.statusCode());
        assertEquals(APP, header(answer, "Access-Control-Allow-Origin"));
        assertEquals("PATCH", header(answer, "Access-Control-Allow-Methods"));
        assertTrue(header(answer, "Access-Control-Allow-Headers").contains("Authorization, Content-Encoding"));
        assertEquals("3600", header(answer, "Access-Control-Max-Age"));
        assertEquals("nosniff", header(answer, "X-Content-Type-Options"));
        assertTrue(answer.headers().allValues("Vary").contains("Access-Control-Request-Method"));
    }

    @Test
    void cookiesAreReadByPagesOfListedOriginsOnlyWhereThatWasChosen() throws Exception {
        try (EdgeServer withCookies = start(CorsPolicy.allow(APP).withCredentials())) {
            for (HttpResponse<String> answer :
                    List.of(withCookies.get("/thing", "Origin", APP), preflight(withCookies, "/thing", APP, "POST"))) {
                assertEquals("true", header(answer, "Access-Control-Allow-Credentials"));
                assertEquals(APP, header(answer, "Access-Control-Allow-Origin"));
            }
            assertTrue(withCookies
                    .get("/thing", "Origin", STRANGER)
                    .headers()
                    .firstValue("Access-Control-Allow-Credentials")
                    .isEmpty());
        }
    }

    @Test
    void aPreflightForWhatIsNotDeclaredIsRefused() throws Exception {
        assertProblem(preflight(server, "/nothing", APP, "GET"), 404, "not-found");
        assertProblem(preflight(server, "/thing", APP, "DELETE"), 405, "method-not-allowed");
        assertProblem(preflight(server, "/thing", APP, "get"), 405, "method-not-allowed");
    }

    @Test
    void aPreflightOfAnotherOriginIsRefused() throws Exception {
        assertProblem(preflight(server, "/thing", STRANGER, "POST"), 405, "method-not-allowed");
        assertProblem(preflight(withoutCors, "/thing", APP, "POST"), 405, "method-not-allowed");
    }

    private static HttpResponse<String> post(EdgeServer to, String... headers) throws Exception {
        return to.send("POST", "/thing", BodyPublishers.ofString("a=b"), headers);
    }

    private static HttpResponse<String> preflight(EdgeServer to, String path, String origin, String method)
            throws Exception {
        return to.send(
                "OPTIONS",
                path,
                BodyPublishers.noBody(),
                "Origin",
                origin,
                "Access-Control-Request-Method",
                method,
                "Access-Control-Request-Headers",
                "authorization");
    }
}
