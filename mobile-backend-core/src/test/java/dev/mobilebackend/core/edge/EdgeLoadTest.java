// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.load.PriorityRule.atMost;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Priority;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.load.LoadPolicy;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that works on two requests at once, whose handlers wait until the test lets them go. */
class EdgeLoadTest {

    private static final int LIMIT = 2;

    private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CompletableFuture<Void> later = new CompletableFuture<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private Edge edge;
    private Javalin app;

    @BeforeEach
    void start() {
        edge = Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK))
                .authenticate(exchange -> {})
                .load(LoadPolicy.fixed(LIMIT))
                .routes(routes -> routes.open(GET, "/works")
                        .open(GET, "/later")
                        .open(GET, "/fails")
                        .open(GET, "/sync")
                        .priority(atMost(Priority.BACKGROUND))
                        .signedIn(GET, "/signed-in")
                        .open(GET, "/health/live")
                        .unlimited())
                .build();
        app = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    JavalinEdge.install(config, edge);
                    config.routes
                            .get("/works", context -> {
                                begun.add("works");
                                release.await();
                                context.result("done");
                            })
                            .get("/later", context -> {
                                begun.add("later");
                                context.future(() -> later.thenRun(() -> context.result("done")));
                            })
                            .get("/sync", context -> context.result("synced"))
                            .get("/health/live", context -> context.result("live"))
                            .get("/fails", context -> {
                                throw new IllegalStateException("planted");
                            });
                })
                .start("127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        release.countDown();
        later.complete(null);
        app.stop();
    }

    @Test
    void refusesAtOnceWhatIsAboveTheLimitAndAnswersAgainWhenARequestHasEnded() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> working = fill("/works");

        HttpResponse<String> refused = get("/works", "Priority", "u=0");

        EdgeServer.assertProblem(refused, 503, "temporary-reduced-capacity");
        assertTrue(Integer.parseInt(EdgeServer.header(refused, "Retry-After")) >= 1);
        release.countDown();
        for (var work : working) {
            assertEquals(200, work.get(20, TimeUnit.SECONDS).statusCode());
        }
        assertEquals(200, get("/works").statusCode());
    }

    @Test
    void countsAnAsyncRequestUntilItIsAnswered() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> waiting = fill("/later");

        assertEquals(503, get("/sync").statusCode());

        later.complete(null);
        for (var answer : waiting) {
            assertEquals("done", answer.get(20, TimeUnit.SECONDS).body());
        }
        assertEquals(200, get("/sync").statusCode());
    }

    @Test
    void answersHealthChecksWhileFiveHundredOthersAreRefused() throws Exception {
        fill("/works");
        List<CompletableFuture<HttpResponse<String>>> crowd = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            crowd.add(send("/works"));
        }

        HttpResponse<String> live = get("/health/live");

        assertEquals("live", live.body());
        for (var one : crowd) {
            assertEquals(503, one.get(20, TimeUnit.SECONDS).statusCode());
        }
        assertEquals(500, edge.load().refused(Priority.NORMAL));
    }

    @Test
    void freesThePlaceOfARequestThatFailedOrThatALaterStepRefused() throws Exception {
        for (int i = 0; i < 3 * LIMIT; i++) {
            assertEquals(500, get("/fails").statusCode());
            assertEquals(401, get("/signed-in").statusCode());
        }

        assertEquals(200, get("/sync").statusCode());
    }

    @Test
    void capsThePriorityOfARoute() throws Exception {
        CompletableFuture<HttpResponse<String>> working = send("/works", "Priority", "u=0");
        begun.poll(20, TimeUnit.SECONDS);

        HttpResponse<String> sync = get("/sync", "Priority", "u=0");

        assertEquals(503, sync.statusCode());
        assertEquals(1, edge.load().refused(Priority.BACKGROUND));
        release.countDown();
        assertEquals(200, working.get(20, TimeUnit.SECONDS).statusCode());
    }

    @Test
    void doesNotBeginWhatTheClientNoLongerWaitsFor() throws Exception {
        HttpResponse<String> late = get("/works", "Request-Timeout", "0");

        EdgeServer.assertProblem(late, 503, "too-late");
        assertTrue(begun.isEmpty());
    }

    @Test
    void hasALimitWhereNoneWasChosen() {
        Edge standard = Edge.builder().build();

        assertEquals(LoadPolicy.adaptive().start(), standard.load().limit());
    }

    @Test
    void aRouteHasOneRuleOnItsPriority() {
        var routes = new Routes()
                .open(GET, "/sync")
                .priority(atMost(Priority.BACKGROUND))
                .priority(atMost(Priority.NORMAL));

        String message =
                assertThrows(IllegalArgumentException.class, routes::build).getMessage();

        assertEquals("GET /sync has two rules on its priority: keep one", message);
    }

    /** As many requests as may be in flight, all of which have begun. */
    private List<CompletableFuture<HttpResponse<String>>> fill(String path) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int i = 0; i < LIMIT; i++) {
            sent.add(send(path, "Priority", "u=0"));
            begun.poll(20, TimeUnit.SECONDS);
        }
        return sent;
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(path, headers).get(20, TimeUnit.SECONDS);
    }

    private CompletableFuture<HttpResponse<String>> send(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.port() + path))
                .timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.sendAsync(request.build(), BodyHandlers.ofString());
    }
}
