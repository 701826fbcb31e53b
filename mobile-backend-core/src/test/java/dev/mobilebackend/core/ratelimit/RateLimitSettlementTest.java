// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static dev.mobilebackend.core.ratelimit.RateLimit.adjustable;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perCaller;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.ratelimit.LimitedRoute.Reply;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What requests cost in the end, and what limits on trial would have done. */
class RateLimitSettlementTest {

    private static final String PHONE = "192.0.2.1";

    @Nested
    class Costs {

        @Test
        void areTakenFromEachLimitThatCountsRequests() {
            LimitedRoute route = LimitedRoute.everywhere(
                    List.of(perClient(100, ofMinutes(1)), perCaller(30, ofMinutes(1))), RequestCost.of(10));

            Reply reply = route.askAs("ann");

            assertEquals(90, reply.items("RateLimit").get(0).number("r"));
            assertEquals(20, reply.items("RateLimit").get(1).number("r"));
            assertEquals(3, 1 + passing(() -> route.askAs("ann"), 5));
        }

        @Test
        void sayWhatIsLeftEvenWhereItIsNotEnough() {
            LimitedRoute route = LimitedRoute.with(perClient(10, ofMinutes(1)), RequestCost.of(4));
            route.ask(PHONE);
            route.ask(PHONE);

            Reply refused = route.ask(PHONE);

            assertEquals(List.of("\"client\";r=2;t=12"), refused.lines("RateLimit"));
            assertTrue(route.pass(ofSeconds(12)).ask(PHONE).passed());
        }

        @Test
        void areAllPermitsAtMost() {
            LimitedRoute route = LimitedRoute.with(perClient(10, ofMinutes(1)), RequestCost.of(1_000));

            assertTrue(route.ask(PHONE).passed());
            assertFalse(route.pass(ofSeconds(59)).ask(PHONE).passed());
            assertTrue(route.pass(ofSeconds(1)).ask(PHONE).passed());
        }

        @Test
        void mayBeComputedFromTheRequest() {
            RequestCost longer = exchange -> exchange.facts().path().length();
            LimitedRoute route = LimitedRoute.with(perClient(10, ofMinutes(1)), longer);

            assertEquals(2, route.ask(PHONE).items("RateLimit").get(0).number("r"));
        }

        @Test
        void areGivenBackForAnswersThatCostNothing() {
            LimitedRoute route = LimitedRoute.with(
                    perClient(2, ofMinutes(1)),
                    RequestCost.of(2).freeIf(outcome -> outcome.status() == 304 || outcome.status() >= 500));

            assertEquals(10, passing(() -> route.ask("2001:db8::1").end(304, 0), 10));
            assertEquals(10, passing(() -> route.ask(PHONE).end(503, 0), 10));
            assertEquals(1, passing(() -> route.ask(PHONE).end(200, 0), 10));
        }

        @Test
        void areChargedInTheEndForWhatTheyWere() {
            LimitedRoute route = LimitedRoute.with(
                    perClient(10, ofMinutes(1)), RequestCost.of(1).inTheEnd((exchange, outcome) -> 12));

            assertTrue(route.ask(PHONE).end(200, 0).passed());
            assertFalse(route.pass(ofSeconds(17)).ask(PHONE).passed());
            assertTrue(route.pass(ofSeconds(1)).ask(PHONE).passed());
        }

        @Test
        void areNotSettledForRequestsThatWereRefused() {
            LimitedRoute route = LimitedRoute.with(
                    perClient(1, ofMinutes(1)), RequestCost.of(1).freeIf(outcome -> outcome.status() == 429));
            route.ask(PHONE).end(200, 0);

            assertEquals(0, passing(() -> route.ask(PHONE), 5));
        }

        @Test
        void canBeBytesOfAnswers() {
            LimitedRoute route = LimitedRoute.with(
                    perClient(60_000, ofMinutes(1)).ofContentBytes(),
                    perClient(100, ofMinutes(1)).named("requests"));

            assertTrue(route.ask(PHONE).end(200, 50_000).passed());
            assertTrue(route.ask(PHONE).end(200, 30_000).passed());
            Reply refused = route.ask(PHONE);

            assertEquals(List.of("client"), refused.problem().extensions().get("violated-policies"));
            assertEquals(20, refused.retryAfter());
            assertTrue(route.pass(ofSeconds(20)).ask(PHONE).passed());
        }

        @Test
        void areGivenBackAtTheRateTheyWereTakenAt() {
            AdjustableLimit limit = adjustable(perClient(100, ofMinutes(1)));
            LimitedRoute route = LimitedRoute.with(limit, RequestCost.of(5).freeIf(outcome -> outcome.status() == 304));
            IntStream.range(0, 10).forEach(i -> route.ask(PHONE).end(200, 0));
            Reply last = route.ask(PHONE);

            limit.replace(perClient(10, ofMinutes(1)));
            last.end(304, 0);

            assertEquals(0, route.ask(PHONE).items("RateLimit").get(0).number("r"));
        }
    }

    @Nested
    class Trials {

        @Test
        void refuseNobodyAndTellNobody() {
            LimitedRoute route = LimitedRoute.with(perClient(1, ofMinutes(1)).shadow());

            assertEquals(5, passing(() -> route.ask(PHONE), 5));
            assertEquals(List.of(), route.ask(PHONE).lines("RateLimit"));
            assertEquals(List.of(), route.ask(PHONE).lines("RateLimit-Policy"));
            assertEquals(6, route.counts().get(0).spared());
        }

        @Test
        void takeNothingFromLimitsThatHold() {
            LimitedRoute route = LimitedRoute.with(
                    perClient(3, ofMinutes(1)),
                    perClient(1, ofMinutes(1)).named("tight").shadow());

            assertEquals(3, passing(() -> route.ask(PHONE), 5));
            assertEquals(
                    List.of(
                            new RateLimitCount("client", "POST /sign-in", 2, 0),
                            new RateLimitCount("tight", "POST /sign-in", 0, 2)),
                    route.counts());
        }

        @Test
        void endWhenThePolicyIsEnforced() {
            AdjustableLimit limit = adjustable(perClient(1, ofMinutes(1)).shadow());
            LimitedRoute route = LimitedRoute.with(limit);
            route.ask(PHONE);
            route.ask(PHONE);

            limit.replace(perClient(1, ofMinutes(1)));

            assertFalse(route.ask(PHONE).passed());
            assertEquals(List.of(new RateLimitCount("client", "POST /sign-in", 1, 1)), route.counts());
        }

        @Test
        void spareWhomTheLimitWouldRefuseWereItEnforced() {
            RequestCost cost = RequestCost.of(1).freeIf(outcome -> outcome.status() == 304);
            LimitedRoute enforced = LimitedRoute.with(perClient(2, ofMinutes(1)), cost);
            LimitedRoute tried = LimitedRoute.with(perClient(2, ofMinutes(1)).shadow(), cost);

            for (int status : List.of(200, 200, 304, 304, 304, 200, 200)) {
                enforced.ask(PHONE).end(status, 0);
                tried.ask(PHONE).end(status, 0);
            }

            assertEquals(5, enforced.counts().get(0).refused());
            assertEquals(5, tried.counts().get(0).spared());
        }
    }

    private static long passing(Supplier<Reply> ask, int times) {
        return IntStream.range(0, times).filter(i -> ask.get().passed()).count();
    }
}
