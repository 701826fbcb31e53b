// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.testkit.app.RunningJar;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar, as its README starts it. */
@Timeout(300)
class JettyAppIT {

    private static final Path JAR = Path.of("target", "jetty.jar");
    private static final Pattern READY = Pattern.compile("^jetty: ready on (\\S+)");
    private static final Pattern TOKEN = Pattern.compile("^jetty: a token for Ada: (\\S+)$");

    @TempDir
    private Path folder;

    @Test
    void servesWhatIsDeclaredToThoseWhoMayHaveItAndStopsWhenItIsToldTo() {
        try (RunningJar app = RunningJar.start(JAR, folder, Map.of(), READY)) {
            MobileClient phone = MobileClient.builder(app.uri()).build();
            assertEquals(200, phone.get("/health/ready").status());
            assertEquals("Hello, Ada\n", phone.get("/v1/greetings/Ada").text());
            assertProblem(409, "conflict", phone.get("/v1/greetings/nobody"));
            assertProblem(404, "not-found", phone.get("/v1/secrets"));
            assertProblem(401, "unauthenticated", phone.get("/v1/me"));
            assertProblem(401, "unauthenticated", asHolder("another", phone));

            Reply me = asHolder(app.awaitLine(TOKEN), phone);

            assertEquals("ada\n", me.text());
            assertEquals(List.of("jetty: stopped"), app.terminate());
            assertEquals(143, app.exitCode());
        }
    }

    private static Reply asHolder(String token, MobileClient phone) {
        return phone.request("GET", "/v1/me")
                .header("Authorization", "Bearer " + token)
                .send();
    }

    private static void assertProblem(int status, String code, Reply reply) {
        assertEquals(status, reply.status(), reply::toString);
        assertEquals(code, reply.json().get("code").asString(), reply::toString);
    }
}
