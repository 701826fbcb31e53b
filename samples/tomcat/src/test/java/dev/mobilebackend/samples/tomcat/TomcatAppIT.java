// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.tomcat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.testkit.app.RunningJar;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar, as its README starts it. */
@Timeout(300)
class TomcatAppIT {

    private static final Path JAR = Path.of("target", "tomcat.jar");
    private static final Pattern READY = Pattern.compile("^tomcat: ready on (\\S+)");
    private static final Pattern CODE = Pattern.compile("^tomcat: mail to ada@example.org: .* (\\w+)$");

    @TempDir
    private Path folder;

    @Test
    void servesWhatIsDeclaredToThoseWhoMayHaveItAndStopsWhenItIsToldTo() throws IOException {
        try (RunningJar app = RunningJar.start(JAR, folder, Map.of(), READY)) {
            MobileClient phone = MobileClient.builder(app.uri()).build();
            assertEquals(200, phone.get("/health/ready").status());
            assertEquals("Pear", phone.get("/v1/products/1").json().get("name").asString());
            assertProblem(404, "not-found", phone.get("/v1/products/3"));
            assertProblem(404, "not-found", phone.get("/v1/secrets"));
            assertProblem(404, "not-found", phone.get("/"));
            assertProblem(401, "unauthenticated", phone.get("/v1/me"));
            assertUnreadableIsAProblem(app.uri());

            assertEquals(
                    202,
                    phone.signUp("ada@example.org", "correct horse battery staple")
                            .status());
            assertEquals(
                    200, phone.verify("ada@example.org", app.awaitLine(CODE)).status());

            assertEquals(
                    "ada@example.org", phone.get("/v1/me").json().get("email").asString());
            assertEquals(List.of("tomcat: stopped"), app.terminate());
            assertEquals(143, app.exitCode());
        }
    }

    @Test
    void saysInOneLineWhatItCannotStartWith() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = String.valueOf(taken.getLocalPort());

            assertEquals(
                    List.of("tomcat: could not listen on HOST 127.0.0.1, PORT " + port
                            + ": HOST must be an address of this"
                            + " machine, and PORT one that nothing else listens on"),
                    complaints(Map.of("PORT", port)));
        }
        assertEquals(
                List.of(
                        "tomcat: could not connect to DATABASE_URL jdbc:postgresql://127.0.0.1:1/shop: Connection refused"),
                complaints(Map.of("DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/shop?password=hunter2")));
    }

    private List<String> complaints(Map<String, String> environment) {
        List<String> said = RunningJar.fail(JAR, folder, environment, 2);
        assertTrue(said.stream().noneMatch(line -> line.contains("hunter2")), said::toString);
        return said.stream().filter(line -> line.startsWith("tomcat: ")).toList();
    }

    /** No servlet is asked, and often no filter: the container has an answer of its own to each of these. */
    private static void assertUnreadableIsAProblem(URI uri) throws IOException {
        for (String head : List.of(
                "GET /v1/<x>",
                "GET /v1/products/1%2f2",
                "GET /v1/products/%00",
                "GET /v1/products/%zz",
                "TRACE /v1/me",
                "GET /v1/me HTTP/9.9",
                "GET /v1/me HTTP/1.1\r\nContent-Length: x",
                "GET /v1/me HTTP/1.1\r\nX: " + "x".repeat(20_000))) {
            String request = head.contains(" HTTP/") ? head : head + " HTTP/1.1";
            try (var socket = new Socket(uri.getHost(), uri.getPort())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream()
                        .write((request + "\r\nHost: a\r\nConnection: close\r\n\r\n").getBytes(US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);

                assertTrue(answer.matches("(?s)HTTP/1.1 [45]\\d\\d .*"), () -> request + ": " + answer);
                assertTrue(answer.contains("\r\n\r\n{\"type\":"), () -> request + ": " + answer);
                assertFalse(answer.contains("<html"), () -> request + ": " + answer);
            }
        }
    }

    private static void assertProblem(int status, String code, Reply reply) {
        assertEquals(status, reply.status(), reply::toString);
        assertEquals(code, reply.json().get("code").asString(), reply::toString);
    }
}
