// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.load.LoadPolicy;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EdgeMetricsTest {

    private static final String DURATION = "http.server.request.duration";
    private static final Endpoint ORDER = new Endpoint(HttpMethod.GET, "/v1/orders/{id}", List.of("id"), List.of());
    private static final Endpoint PLACE = new Endpoint(HttpMethod.POST, "/v1/orders", List.of(), List.of());
    private static final Outcome ANSWERED = new Outcome(200, 187, Ending.ANSWERED, null);

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final EdgeMetrics metrics = EdgeMetrics.of(registry);

    @Test
    void timesRequestsByTheWordsOfTheSemanticConventions() {
        observe(request("GET", ORDER), ANSWERED);
        observe(request("GET", ORDER), ANSWERED);

        Timer timer = registry.get(DURATION).timer();
        assertEquals(2, timer.count());
        assertEquals(
                "{error.type=none, http.request.method=GET, http.response.status_code=200,"
                        + " http.route=/v1/orders/{id}, url.scheme=https}",
                tags(timer).toString());
    }

    @Test
    void tellsApartHowRequestsEnded() {
        observe(request("GET", ORDER), ANSWERED);
        observe(request("HEAD", ORDER), ANSWERED);
        observe(request("GET", ORDER), new Outcome(404, 0, Ending.ANSWERED, Problem.NOT_FOUND));
        observe(request("GET", ORDER), new Outcome(503, 0, Ending.ANSWERED, Problem.UNAVAILABLE));
        observe(request("GET", ORDER), new Outcome(200, 9, Ending.CUT_OFF, Problem.INTERNAL_ERROR));
        observe(request("GET", ORDER), new Outcome(200, 9, Ending.CLIENT_GONE, null));

        assertEquals(
                Set.of(
                        "GET 200 none",
                        "HEAD 200 none",
                        "GET 404 none",
                        "GET 503 503",
                        "GET 200 cut_off",
                        "GET 200 client_gone"),
                registry.get(DURATION).timers().stream()
                        .map(EdgeMetricsTest::tags)
                        .map(tags -> tags.get("http.request.method") + " " + tags.get("http.response.status_code") + " "
                                + tags.get("error.type"))
                        .collect(Collectors.toSet()));
    }

    @Test
    void countsWhatIsBeingAnswered() {
        Exchange one = request("GET", ORDER);
        metrics.apply(one);
        metrics.apply(request("GET", ORDER));
        metrics.after(one, ANSWERED);

        assertEquals(1, registry.get("http.server.active_requests").gauge().value());
    }

    @Test
    void countsRefusalsByProblemAndByTheLimitsThatWereReached() {
        Problem quota = Problem.of(429, "quota-exceeded", "Too many.").with("violated-policies", List.of("a", "b"));
        observe(request("GET", ORDER), new Outcome(429, 0, Ending.ANSWERED, quota));
        observe(request("GET", ORDER), new Outcome(401, 0, Ending.ANSWERED, Problem.UNAUTHENTICATED));

        assertEquals(1, counted("mobilebackend.edge.refusals", "code", "quota-exceeded"));
        assertEquals(1, counted("mobilebackend.edge.refusals", "code", "unauthenticated"));
        assertEquals(1, counted("mobilebackend.ratelimit.refusals", "policy", "a"));
        assertEquals(1, counted("mobilebackend.ratelimit.refusals", "policy", "b"));
    }

    @Test
    void countsAnswersThatWereGivenBefore() {
        Exchange again = request("POST", PLACE);
        again.send(Answer.of(204).header("Idempotent-Replayed", "true"));

        observe(request("POST", PLACE), ANSWERED);
        observe(again, ANSWERED);

        assertEquals(1, counted("mobilebackend.idempotency.replays", "http.route", "/v1/orders"));
    }

    @Test
    void showsWhatTheLimitOnLoadOfItsEdgeDoes() {
        Edge edge = Edge.builder().observe(metrics).load(LoadPolicy.fixed(1)).build();
        edge.load().apply(request("GET", ORDER));
        assertThrows(ProblemException.class, () -> edge.load().apply(request("GET", ORDER)));

        assertEquals(1, registry.get("mobilebackend.load.limit").gauge().value());
        assertEquals(
                1,
                registry.get("mobilebackend.load.active")
                        .tag("priority", "normal")
                        .gauge()
                        .value());
        assertEquals(
                1,
                registry.get("mobilebackend.load.sheds")
                        .tag("priority", "normal")
                        .functionCounter()
                        .count());
        assertEquals(
                0,
                registry.get("mobilebackend.load.sheds")
                        .tag("priority", "user_action")
                        .functionCounter()
                        .count());
        assertEquals(
                0, registry.get("mobilebackend.load.late").functionCounter().count());
    }

    @Property(tries = 50)
    void hasNoMoreTagValuesHoweverManyMethodsPathsAndStatusesThereAre(
            @ForAll @Size(min = 50, max = 300) List<String> words,
            @ForAll @IntRange(min = -5, max = 5_000) int status) {
        // The tries share this object, and each has a status of its own.
        registry.clear();
        var counted = EdgeMetrics.of(registry);
        for (String word : words) {
            observe(counted, request(word, null), new Outcome(status, 0, Ending.ANSWERED, Problem.NOT_FOUND));
            observe(counted, request(word, ORDER), ANSWERED);
        }

        var methods = new TreeSet<String>();
        var routes = new TreeSet<String>();
        for (Timer timer : registry.get(DURATION).timers()) {
            methods.add(tags(timer).get("http.request.method"));
            routes.add(tags(timer).get("http.route"));
        }
        assertEquals(Set.of("/v1/orders/{id}", "undeclared"), routes);
        assertTrue(Set.of("_OTHER", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
                .containsAll(methods));
        assertTrue(registry.get(DURATION).timers().size() <= 8 * 2);
    }

    @Test
    void boundsTheProblemsThatItCountsApart() {
        for (int i = 0; i < 1_000; i++) {
            observe(
                    request("GET", ORDER),
                    new Outcome(400, 0, Ending.ANSWERED, Problem.of(400, "order-" + i, "Made up.")));
        }

        assertEquals(201, registry.get("mobilebackend.edge.refusals").counters().size());
        assertEquals(800, counted("mobilebackend.edge.refusals", "code", "_OTHER"));
    }

    @Test
    void allocatesNothingForARequestLikeOneBefore() {
        Exchange exchange = request("GET", ORDER);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 2_000; i++) {
            observe(exchange, ANSWERED);
        }

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            observe(exchange, ANSWERED);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < 10_000, () -> allocated + " bytes for 10,000 requests");
    }

    private void observe(Exchange exchange, Outcome outcome) {
        observe(metrics, exchange, outcome);
    }

    private static void observe(EdgeMetrics counted, Exchange exchange, Outcome outcome) {
        counted.apply(exchange);
        counted.after(exchange, outcome);
    }

    private double counted(String name, String tag, String value) {
        return registry.get(name).tag(tag, value).counter().count();
    }

    private static TreeMap<String, String> tags(Meter meter) {
        var tags = new TreeMap<String, String>();
        meter.getId().getTags().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
        return tags;
    }

    private static Exchange request(String method, Endpoint endpoint) {
        Exchange exchange = TestExchange.of(new RequestFacts(
                "request-1",
                Instant.EPOCH,
                method,
                "/" + method,
                ClientAddress.parse("192.0.2.1"),
                true,
                null,
                null,
                null));
        if (endpoint != null) {
            exchange.matched(endpoint);
        }
        return exchange;
    }
}
