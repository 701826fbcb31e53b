// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import static dev.mobilebackend.core.exchange.Priority.BACKGROUND;
import static dev.mobilebackend.core.exchange.Priority.NORMAL;
import static dev.mobilebackend.core.exchange.Priority.USER_ACTION;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadStepTest {

    private static final Endpoint LIST = endpoint();
    private static final Outcome OK = new Outcome(200, 2, Ending.ANSWERED, null);

    private long now;
    private final LoadStep one = step(1);

    @Test
    void refusesWhatIsAboveTheLimitWithAProblemAndATimeToComeBack() {
        one.apply(request());

        Problem refusal = refusalOf(request());

        assertEquals(503, refusal.status());
        assertEquals("temporary-reduced-capacity", refusal.code());
        assertTrue(refusal.headers().containsKey("Retry-After"), refusal.headers()::toString);
        assertEquals(1, one.refused(NORMAL));
    }

    @Test
    void countsARequestUntilItsAnswerHasEnded() {
        Exchange first = request();
        one.apply(first);
        assertEquals(1, one.inFlight(NORMAL));

        one.after(first, OK);

        assertEquals(0, one.inFlight(NORMAL));
        assertDoesNotThrow(() -> one.apply(request()));
    }

    @Test
    void countsARequestAsEndedHoweverItEnded() {
        for (Ending ending : Ending.values()) {
            for (int status : new int[] {200, 404, 500, 503}) {
                Exchange exchange = request();
                one.apply(exchange);

                one.after(exchange, new Outcome(status, 0, ending, status < 400 ? null : Problem.ofStatus(status)));

                assertEquals(0, one.inFlight(NORMAL), ending + " " + status);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"u=0, 1, 3", "u=3, 2, 8", "u=7, 15, 60"})
    void spreadsRetriesAndSendsTheLessUrgentFurtherAway(String priority, int least, int most) {
        one.apply(request());

        IntSummaryStatistics waits = IntStream.range(0, 1_000)
                .map(i -> Integer.parseInt(
                        refusalOf(request("Priority", priority)).headers().get("Retry-After")))
                .summaryStatistics();

        assertEquals(least, waits.getMin());
        assertEquals(most, waits.getMax());
    }

    @Test
    void letsAUsersActionInWhereBackgroundRequestsFillTheirShare() {
        LoadStep ten = step(10);
        for (int i = 0; i < 5; i++) {
            ten.apply(request("Priority", "u=6"));
        }

        assertEquals(503, refusalOf(ten, request("Priority", "u=6")).status());
        assertDoesNotThrow(() -> ten.apply(request("Priority", "u=1")));
        assertEquals(5, ten.inFlight(BACKGROUND));
        assertEquals(1, ten.inFlight(USER_ACTION));
    }

    @Test
    void doesNotLetASyncPassForAUsersAction() {
        Endpoint sync = endpoint(PriorityRule.atMost(BACKGROUND));
        Exchange exchange = TestExchange.to(sync, null, this::now, "Priority", "u=0");

        one.apply(exchange);

        assertEquals(1, one.inFlight(BACKGROUND));
        one.after(exchange, OK);
        assertEquals(0, one.inFlight(BACKGROUND));
    }

    @Test
    void neitherCountsNorRefusesWhatIsDeclaredUncounted() {
        Endpoint health = endpoint(LoadStep.Exemption.UNCOUNTED);
        one.apply(request());

        for (int i = 0; i < 10; i++) {
            Exchange exchange = TestExchange.to(health, Duration.ZERO, this::now);
            one.apply(exchange);
            one.after(exchange, OK);
        }

        assertEquals(1, one.inFlight(NORMAL));
        assertEquals(0, one.tooLate());
    }

    @Test
    void refusesWhatItsClientNoLongerWaitsFor() {
        Exchange exchange = within(Duration.ofMillis(100));
        now += 100_000_000;

        Problem refusal = refusalOf(exchange);

        assertEquals("too-late", refusal.code());
        assertEquals(503, refusal.status());
        assertEquals(1, one.tooLate());
        assertEquals(0, one.inFlight(NORMAL));
    }

    @Test
    void bringsNobodyBackInTheSameSecond() {
        one.apply(request());

        assertTrue(waits(() -> request()).size() > 1, "all who found no room come back at once");
        assertTrue(waits(() -> within(Duration.ofNanos(-1))).size() > 1, "all who came too late come back at once");
    }

    private Set<String> waits(Supplier<Exchange> requests) {
        return Stream.generate(requests)
                .limit(200)
                .map(refused -> refusalOf(refused).headers().get("Retry-After"))
                .collect(Collectors.toSet());
    }

    @Test
    void refusesWhatUsuallyTakesLongerThanTheClientWaits() {
        answer(32, Duration.ofMillis(200));

        assertEquals("too-late", refusalOf(within(Duration.ofMillis(150))).code());
        assertDoesNotThrow(() -> one.apply(within(Duration.ofMillis(250))));
    }

    @Test
    void knowsNothingUsualOfARouteBeforeAFewAnswers() {
        answer(31, Duration.ofSeconds(2));

        assertDoesNotThrow(() -> one.apply(within(Duration.ofMillis(1))));
    }

    @Test
    void isNotMisledByAFewSlowAnswersOrByTheFirst() {
        answer(1, Duration.ofSeconds(5));
        answer(100, Duration.ofMillis(10));
        answer(5, Duration.ofSeconds(30));

        assertDoesNotThrow(() -> one.apply(within(Duration.ofMillis(50))));
    }

    /** If refusals taught nothing, a route that was slow for a minute would refuse such clients for ever. */
    @Test
    void triesAgainARouteThatWasTooSlowForItsClients() {
        answer(200, Duration.ofSeconds(10));

        int refused = 0;
        boolean admitted = false;
        while (!admitted && refused < 1_000) {
            try {
                one.apply(within(Duration.ofSeconds(1)));
                admitted = true;
            } catch (ProblemException tooLate) {
                refused++;
            }
        }

        assertTrue(admitted, "still refused after " + refused);
        assertTrue(refused > 10, "refused " + refused + " only");
    }

    @Test
    void learnsNothingUsualFromRefusals() {
        for (int i = 0; i < 100; i++) {
            Exchange exchange = request();
            one.apply(exchange);
            now += 200_000_000;
            one.after(exchange, new Outcome(200, 0, Ending.ANSWERED, null));
        }
        for (int i = 0; i < 1_000; i++) {
            Exchange exchange = request();
            one.apply(exchange);
            one.after(exchange, new Outcome(401, 0, Ending.ANSWERED, Problem.UNAUTHENTICATED));
        }

        assertEquals("too-late", refusalOf(within(Duration.ofMillis(150))).code());
    }

    @Test
    void findsItsLimitByAnswersThatWereOfUse() {
        var notFound = new Outcome(404, 0, Ending.ANSWERED, Problem.NOT_FOUND);
        assertTrue(limitAfter(OK, null, true) != 64, "the limit did not move");
        assertTrue(limitAfter(notFound, null, true) != 64, "the limit did not move");

        assertEquals(64, limitAfter(new Outcome(500, 0, Ending.ANSWERED, Problem.INTERNAL_ERROR), null, true));
        assertEquals(64, limitAfter(new Outcome(200, 9, Ending.CUT_OFF, Problem.INTERNAL_ERROR), null, true));
        assertEquals(64, limitAfter(new Outcome(200, 9, Ending.CLIENT_GONE, null), null, true));
        assertEquals(64, limitAfter(notFound, Duration.ofMillis(5), true));
    }

    @Test
    void doesNotTakeRefusalsByLaterStepsForThroughput() {
        var unauthenticated = new Outcome(401, 0, Ending.ANSWERED, Problem.UNAUTHENTICATED);

        assertEquals(64, limitAfter(unauthenticated, null, false));
        assertTrue(limitAfter(unauthenticated, null, true) != 64, "the limit did not move");
    }

    /** What the limit is after two seconds of refusals in which 200 requests end, one every 10 ms. */
    private int limitAfter(Outcome outcome, @Nullable Duration timeout, boolean admitted) {
        var step = new LoadStep(LoadPolicy.adaptive(), this::now, new SplittableRandom(7));
        Deque<Exchange> running = new ArrayDeque<>();
        for (int i = 0; i < 200; i++) {
            Exchange next = within(timeout);
            while (admits(step, next)) {
                if (admitted) {
                    next.admitted();
                }
                running.add(next);
                next = within(timeout);
            }
            now += 10_000_000;
            step.after(running.remove(), outcome);
        }
        return step.limit();
    }

    private static boolean admits(LoadStep step, Exchange exchange) {
        try {
            step.apply(exchange);
            return true;
        } catch (ProblemException refused) {
            return false;
        }
    }

    private void answer(int times, Duration each) {
        for (int i = 0; i < times; i++) {
            Exchange exchange = request();
            one.apply(exchange);
            now += each.toNanos();
            one.after(exchange, OK);
        }
    }

    private LoadStep step(int limit) {
        return new LoadStep(LoadPolicy.fixed(limit), this::now, new SplittableRandom(7));
    }

    private long now() {
        return now;
    }

    private Exchange request(String... headers) {
        return TestExchange.to(LIST, null, this::now, headers);
    }

    private Exchange within(@Nullable Duration timeout) {
        return TestExchange.to(LIST, timeout, this::now);
    }

    private Problem refusalOf(Exchange exchange) {
        return refusalOf(one, exchange);
    }

    private static Problem refusalOf(LoadStep step, Exchange exchange) {
        return assertThrows(ProblemException.class, () -> step.apply(exchange)).problem();
    }

    private static Endpoint endpoint(Object... rules) {
        return new Endpoint(HttpMethod.GET, "/list", List.of(), List.of(rules));
    }
}
