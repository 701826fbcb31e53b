// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe.micrometer;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.edge.EdgeObserver;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Priority;
import dev.mobilebackend.core.load.LoadStep;
import dev.mobilebackend.core.observe.RequestLabels;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.ratelimit.RateLimitCount;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Figures of an edge in a registry of Micrometer, named by the semantic conventions of OpenTelemetry where these have a
 * name. Tags are declared words and never what a client sent, so their number is bounded. A request that is like one
 * before it allocates nothing here.
 *
 * <pre>{@code
 * Edge.builder().observe(EdgeMetrics.of(registry))
 * }</pre>
 */
@SuppressWarnings("exports") // whoever calls this requires Micrometer already
public final class EdgeMetrics implements EdgeObserver {

    private final MeterRegistry registry;
    private final LongAdder active = new LongAdder();
    private final Map<Endpoint, RequestTimers> declared = new ConcurrentHashMap<>();
    private final Map<String, RequestTimers> undeclared = new ConcurrentHashMap<>();
    private final Counters refusals;
    private final Counters limits;
    private final Counters replays;

    private EdgeMetrics(MeterRegistry registry) {
        this.registry = registry;
        refusals = new Counters(registry, "mobilebackend.edge.refusals", "code", "Requests refused, by problem");
        limits = new Counters(
                registry,
                "mobilebackend.ratelimit.refusals",
                "policy",
                "Requests refused by a rate limit, by its name");
        replays = new Counters(
                registry, "mobilebackend.idempotency.replays", "http.route", "Answers given again to the same request");
        Gauge.builder("http.server.active_requests", active, LongAdder::sum)
                .description("Requests that are being answered")
                .baseUnit("requests")
                .register(registry);
    }

    public static EdgeMetrics of(MeterRegistry registry) {
        requireNonNull(
                registry, "registry must not be null: without one there are no figures, so leave EdgeMetrics out");
        return new EdgeMetrics(registry);
    }

    @Override
    public void observes(Edge edge) {
        LoadStep load = edge.load();
        Gauge.builder("mobilebackend.load.limit", load, LoadStep::limit)
                .description("Requests that may be worked on at once, as the limit stands")
                .register(registry);
        FunctionCounter.builder("mobilebackend.load.late", load, LoadStep::tooLate)
                .description("Requests refused because their answer would have come too late")
                .register(registry);
        for (Priority priority : Priority.values()) {
            String word = priority.name().toLowerCase(Locale.ROOT);
            Gauge.builder("mobilebackend.load.active", load, of -> of.inFlight(priority))
                    .description("Requests that are being worked on, by priority")
                    .tag("priority", word)
                    .register(registry);
            FunctionCounter.builder("mobilebackend.load.sheds", load, of -> of.refused(priority))
                    .description("Requests refused because too many were being worked on, by priority")
                    .tag("priority", word)
                    .register(registry);
        }
        edge.limitCounts().stream().map(RateLimitCount::limit).distinct().forEach(limit -> FunctionCounter.builder(
                        "mobilebackend.ratelimit.trials", edge, of -> spared(of, limit))
                .description("Requests that a rate limit on trial would have refused, by its name")
                .tag("policy", limit)
                .register(registry));
    }

    private static long spared(Edge edge, String limit) {
        return edge.limitCounts().stream()
                .filter(count -> count.limit().equals(limit))
                .mapToLong(RateLimitCount::spared)
                .sum();
    }

    @Override
    public void apply(Exchange exchange) {
        active.increment();
    }

    @Override
    public void after(Exchange exchange, Outcome outcome) {
        active.decrement();
        timers(exchange).timer(exchange.facts(), outcome).record(exchange.elapsedNanos(), TimeUnit.NANOSECONDS);
        Problem problem = outcome.problem();
        if (problem != null) {
            refusals.count(problem.code());
            countLimits(problem.extensions().get("violated-policies"));
        }
        if (exchange.isReplayed()) {
            replays.count(exchange.template());
        }
    }

    private RequestTimers timers(Exchange exchange) {
        if (exchange.isMatched()) {
            RequestTimers known = declared.get(exchange.endpoint());
            return known != null ? known : declared.computeIfAbsent(exchange.endpoint(), this::timersOf);
        }
        String method = RequestLabels.method(exchange);
        RequestTimers known = undeclared.get(method);
        return known != null ? known : undeclared.computeIfAbsent(method, this::timersOfUndeclared);
    }

    private RequestTimers timersOf(Endpoint endpoint) {
        return new RequestTimers(registry, endpoint.method().name(), endpoint.template());
    }

    private RequestTimers timersOfUndeclared(String method) {
        return new RequestTimers(registry, method, RequestLabels.UNDECLARED);
    }

    private void countLimits(@Nullable Object violated) {
        if (violated instanceof List<?> policies) {
            for (Object policy : policies) {
                limits.count(policy.toString());
            }
        }
    }
}
