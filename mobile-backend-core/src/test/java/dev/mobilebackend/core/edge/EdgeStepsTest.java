// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a step hears of a request that it let pass. */
class EdgeStepsTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final BlockingQueue<Outcome> OUTCOMES = new LinkedBlockingQueue<>();

    private static Javalin app;

    @BeforeAll
    static void start() {
        Edge edge = Edge.builder()
                .clock(() -> NOW)
                .ticks(() -> 0)
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                .authenticate(new EdgeStep() {
                    @Override
                    public void apply(Exchange exchange) {
                        if (exchange.header("Refused-Here") != null) {
                            throw Problem.UNAUTHENTICATED.exception();
                        }
                    }

                    @Override
                    public void after(Exchange exchange, Outcome outcome) {
                        OUTCOMES.add(outcome);
                        throw new IllegalStateException("planted");
                    }
                })
                .routes(routes -> routes.open(GET, "/answer")
                        .open(GET, "/later")
                        .open(GET, "/fails")
                        .open(GET, "/remaining")
                        .signedIn(GET, "/signed-in"))
                .build();
        app = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    JavalinEdge.install(config, edge);
                    config.routes
                            .get("/answer", context -> context.result("six by"))
                            .get(
                                    "/later",
                                    context ->
                                            context.future(() -> CompletableFuture.runAsync(() -> context.result("x"))))
                            .get(
                                    "/remaining",
                                    context -> context.result(Exchange.of(context.req())
                                            .remaining()
                                            .map(Duration::toString)
                                            .orElse("for ever")))
                            .get("/fails", context -> {
                                throw new IllegalStateException("planted");
                            });
                })
                .start("127.0.0.1", 0);
    }

    @AfterAll
    static void stop() {
        app.stop();
    }

    @Test
    void takesOneStepThatFindsOutWhoIsCalling() {
        Edge.Builder builder = Edge.builder().authenticate(exchange -> {});

        String message = assertThrows(IllegalStateException.class, () -> builder.authenticate(exchange -> {}))
                .getMessage();

        assertTrue(message.startsWith("authenticate was called twice"), message);
    }

    @Test
    void hearsOnceThatARequestWasAnsweredAndHowMuchWasWritten() throws Exception {
        String answer = get("/answer");

        assertEquals("six by", answer);
        assertEquals(new Outcome(200, 6, Ending.ANSWERED, null), outcome());
        assertTrue(OUTCOMES.isEmpty());
    }

    @Test
    void hearsOnceOfAnAnswerThatAnotherThreadGave() throws Exception {
        get("/later");

        assertEquals(new Outcome(200, 1, Ending.ANSWERED, null), outcome());
        assertTrue(OUTCOMES.isEmpty());
    }

    @Test
    void hearsTheProblemOfARequestThatFailed() throws Exception {
        get("/fails");

        assertEquals(new Outcome(500, 0, Ending.ANSWERED, Problem.INTERNAL_ERROR), outcome());
    }

    @Test
    void hearsTheProblemOfARequestThatALaterStepRefused() throws Exception {
        get("/signed-in");

        Outcome outcome = outcome();
        assertEquals(401, outcome.status());
        assertEquals(
                "unauthenticated",
                Optional.ofNullable(outcome.problem()).map(Problem::code).orElse("none"));
    }

    @Test
    void hearsNothingOfARequestThatItRefusedItself() throws Exception {
        get("/answer", "Refused-Here", "yes");
        get("/answer");

        assertNull(outcome().problem());
        assertTrue(OUTCOMES.isEmpty());
    }

    @Test
    void knowsHowLongTheClientStillWaits() throws Exception {
        assertEquals("PT2.5S", get("/remaining", "Request-Timeout", "2500"));
        assertEquals("for ever", get("/remaining", "Request-Timeout", "-1"));
        assertEquals("for ever", get("/remaining", "Request-Timeout", "999999999"));
        assertEquals("for ever", get("/remaining"));
        OUTCOMES.clear();
    }

    private static Outcome outcome() throws InterruptedException {
        Outcome outcome = OUTCOMES.poll(20, TimeUnit.SECONDS);
        if (outcome == null) {
            throw new AssertionError("the step heard nothing");
        }
        return outcome;
    }

    private static String get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                .timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.ofString())
                .body();
    }
}
