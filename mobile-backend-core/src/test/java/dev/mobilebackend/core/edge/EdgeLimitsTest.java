// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.assertProblem;
import static dev.mobilebackend.core.edge.EdgeServer.header;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perCaller;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.core.observe.micrometer.EdgeMetrics;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client has three permits for the whole application, and time stands still. */
class EdgeLimitsTest {

    private final MeterRegistry figures = new SimpleMeterRegistry();
    private final Edge.Builder builder = Edge.builder()
            .observe(EdgeMetrics.of(figures))
            .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
            .clock(InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z")))
            .limit(perClient(3, Duration.ofMinutes(1)))
            .limit(perCaller(1, Duration.ofMinutes(1)))
            .routes(routes -> routes.open(GET, "/ok")
                    .open(GET, "/tried")
                    .limit(perClient(1, Duration.ofMinutes(1)).named("tight").shadow())
                    .open(GET, "/unasked")
                    .limit(perClient(1, Duration.ofMinutes(1)).named("unasked").shadow())
                    .open(GET, "/health/live")
                    .unlimited());

    private EdgeServer server;

    @BeforeEach
    void start() {
        server = EdgeServer.start(builder, config -> {}, config -> config.routes
                .get("/ok", context -> context.result("ok"))
                .get("/tried", context -> context.result("tried"))
                .get("/unasked", context -> context.result("unasked"))
                .get("/health/live", context -> context.result("live")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void refusesWhoeverTriesPaths() throws Exception {
        HttpResponse<String> first = server.get("/.env");
        server.get("/wp-login.php");
        server.get("/admin");

        HttpResponse<String> refused = server.get("/backup.zip");

        assertProblem(first, 404, "not-found");
        assertEquals("\"client\";r=2;t=20", header(first, "RateLimit"));
        assertProblem(refused, 429, "quota-exceeded");
    }

    @Test
    void refusesWhoeverTriesMethods() throws Exception {
        HttpResponse<String> first = server.send("DELETE", "/ok", BodyPublishers.noBody());
        server.send("PUT", "/ok", BodyPublishers.noBody());
        server.send("BREW", "/ok", BodyPublishers.noBody());

        HttpResponse<String> refused = server.send("PATCH", "/ok", BodyPublishers.noBody());

        assertProblem(first, 405, "method-not-allowed");
        assertProblem(refused, 429, "quota-exceeded");
    }

    @Test
    void showsWhatLimitsOnTrialWouldHaveRefused() throws Exception {
        server.get("/tried");
        server.get("/tried");

        assertEquals(0, trials("client"));
        assertEquals(1, trials("tight"));
        assertEquals(0, trials("unasked"));
    }

    private double trials(String policy) {
        return figures.get("mobilebackend.ratelimit.trials")
                .tag("policy", policy)
                .functionCounter()
                .count();
    }

    @Test
    void countsThemWithWhatIsServed() throws Exception {
        server.get("/ok");
        server.get("/nothing");
        server.send("DELETE", "/ok", BodyPublishers.noBody());

        assertProblem(server.get("/ok"), 429, "quota-exceeded");
    }

    @Test
    void answersHealthChecksWhateverElseWasTried() throws Exception {
        for (int i = 0; i < 5; i++) {
            server.get("/nothing");
        }

        assertEquals("live", server.get("/health/live").body());
    }
}
