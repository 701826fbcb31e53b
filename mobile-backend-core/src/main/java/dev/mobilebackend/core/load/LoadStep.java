// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.exchange.Priority;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses with 503 what this instance could not answer in time: the least urgent first when more is in flight than
 * helps anybody, and whatever the client would no longer wait for. A request counts until its answer has ended, on
 * whatever thread. Knows nothing of draining: while an instance drains it goes on answering what arrives.
 */
public final class LoadStep implements EdgeStep {

    /** Declared on a route that is neither counted nor refused, such as a health check or a stream of events. */
    public enum Exemption {
        UNCOUNTED
    }

    /** A problem type of draft-ietf-httpapi-ratelimit-headers-10. */
    static final Problem REDUCED_CAPACITY = Problem.of(
            URI.create("https://iana.org/assignments/http-problem-types#temporary-reduced-capacity"),
            503,
            "temporary-reduced-capacity",
            "There are more requests than can be answered right now; try again later.");

    static final Problem TOO_LATE =
            Problem.of(503, "too-late", "The answer would come later than the client is willing to wait.");

    private static final Logger LOG = LoggerFactory.getLogger(LoadStep.class);
    private static final long BETWEEN_WARNINGS = TimeUnit.MINUTES.toNanos(1);

    private final ConcurrencyLimit limit;
    private final LongSupplier ticks;
    private final RandomGenerator random;
    private final ConcurrentMap<Endpoint, RouteLoad> routes = new ConcurrentHashMap<>();
    private final Retries overloaded = new Retries(REDUCED_CAPACITY);
    private final Retries late = new Retries(TOO_LATE);
    private final LongAdder tooLate = new LongAdder();
    private final AtomicLong nextWarning;

    /**
     * A step with a limit of its own.
     *
     * @param ticks nanoseconds that never jump
     * @param random spreads the retries of those who are refused
     */
    public LoadStep(LoadPolicy policy, LongSupplier ticks, RandomGenerator random) {
        long now = ticks.getAsLong();
        this.limit = new ConcurrencyLimit(policy, now);
        this.ticks = ticks;
        this.random = random;
        this.nextWarning = new AtomicLong(now);
    }

    @Override
    public void apply(Exchange exchange) {
        RouteLoad route = route(exchange);
        if (route.isUncounted()) {
            return;
        }
        Priority priority = route.priority(exchange.priority());
        long remaining = exchange.remainingNanos();
        if (remaining <= 0) {
            throw tooLate(priority);
        }
        if (route.usuallyTakesLongerThan(remaining)) {
            route.refused();
            throw tooLate(priority);
        }
        long now = ticks.getAsLong();
        if (!limit.tryBegin(priority, now)) {
            warnNowAndThen(now);
            throw overloaded.next(priority, random);
        }
    }

    @Override
    public void after(Exchange exchange, Outcome outcome) {
        RouteLoad route = route(exchange);
        if (route.isUncounted()) {
            return;
        }
        Priority priority = route.priority(exchange.priority());
        boolean whole = outcome.ending() == Ending.ANSWERED;
        if (whole && outcome.problem() == null) {
            route.answered(exchange.elapsedNanos());
        }
        // What a step behind this one refused, such as a missing token, cost next to nothing: it is no throughput.
        if (whole && exchange.isAdmitted() && outcome.status() < 500 && exchange.remainingNanos() > 0) {
            limit.end(priority, ticks.getAsLong());
        } else {
            limit.endInVain(priority, ticks.getAsLong());
        }
    }

    /** How many requests may be in flight right now. */
    public int limit() {
        return limit.limit();
    }

    /** How many requests of a priority are in flight. */
    public int inFlight(Priority priority) {
        return limit.inFlight(priority);
    }

    /** How many requests of a priority were refused since the start because too many were in flight. */
    public long refused(Priority priority) {
        return limit.refused(priority);
    }

    /** How many requests were refused since the start because their answer would have come too late. */
    public long tooLate() {
        return tooLate.sum();
    }

    private RouteLoad route(Exchange exchange) {
        Endpoint endpoint = exchange.endpoint();
        RouteLoad known = routes.get(endpoint);
        return known != null ? known : routes.computeIfAbsent(endpoint, RouteLoad::of);
    }

    private ProblemException tooLate(Priority priority) {
        tooLate.increment();
        return late.next(priority, random);
    }

    private void warnNowAndThen(long now) {
        long next = nextWarning.get();
        if (now - next >= 0 && nextWarning.compareAndSet(next, now + BETWEEN_WARNINGS)) {
            LOG.warn(
                    "requests are refused: {} user actions, {} normal and {} background requests are in flight, and the"
                            + " limit is {}. Routes whose requests wait rather than work, such as streams of events, are"
                            + " to be declared uncounted()",
                    inFlight(Priority.USER_ACTION),
                    inFlight(Priority.NORMAL),
                    inFlight(Priority.BACKGROUND),
                    limit());
        }
    }

    /** A refusal ready for each number of seconds to wait: the less urgent the longer, and never all the same. */
    private static final class Retries {

        private final Problem[] userAction;
        private final Problem[] normal;
        private final Problem[] background;

        Retries(Problem problem) {
            userAction = within(problem, 1, 3);
            normal = within(problem, 2, 8);
            background = within(problem, 15, 60);
        }

        private static Problem[] within(Problem problem, int least, int most) {
            return IntStream.rangeClosed(least, most)
                    .mapToObj(seconds -> problem.retryAfter(Duration.ofSeconds(seconds)))
                    .toArray(Problem[]::new);
        }

        ProblemException next(Priority priority, RandomGenerator random) {
            Problem[] choices =
                    switch (priority) {
                        case USER_ACTION -> userAction;
                        case NORMAL -> normal;
                        case BACKGROUND -> background;
                    };
            return choices[random.nextInt(choices.length)].exception();
        }
    }
}
