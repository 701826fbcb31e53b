// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static dev.mobilebackend.core.ratelimit.RateLimit.adjustable;
import static dev.mobilebackend.core.ratelimit.RateLimit.byPlan;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perCaller;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perDevice;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.ratelimit.LimitedRoute.Reply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RateLimitStepTest {

    private static final String PHONE = "192.0.2.1";

    @Nested
    class Fields {

        @Test
        void sayWhatHoldsAndWhatIsLeft() {
            LimitedRoute route = LimitedRoute.with(perClient(100, ofMinutes(1)).named("burst"));

            Reply reply = route.ask(PHONE);

            assertEquals(List.of("\"burst\";q=100;w=60"), reply.lines("RateLimit-Policy"));
            assertEquals(List.of("\"burst\";r=99;t=1"), reply.lines("RateLimit"));
        }

        @Test
        void sayItOfEachLimit() {
            LimitedRoute route = LimitedRoute.everywhere(
                    List.of(perClient(600, ofHours(1))),
                    perClient(10, ofSeconds(1)).named("burst"));

            Reply reply = route.ask(PHONE);

            assertEquals(List.of("\"client\";q=600;w=3600", "\"burst\";q=10;w=1"), reply.lines("RateLimit-Policy"));
            assertEquals(List.of("\"client\";r=599;t=6", "\"burst\";r=9;t=1"), reply.lines("RateLimit"));
        }

        @Test
        void nameTheUnitAndThePartition() {
            LimitedRoute route = LimitedRoute.with(
                    perClient(1_000_000, ofHours(1)).ofContentBytes().partition("exports"));

            Reply reply = route.ask(PHONE);

            assertEquals(
                    List.of("\"client\";q=1000000;w=3600;qu=\"content-bytes\";pk=:ZXhwb3J0cw==:"),
                    reply.lines("RateLimit-Policy"));
            assertEquals(List.of("\"client\";r=1000000;t=1;pk=:ZXhwb3J0cw==:"), reply.lines("RateLimit"));
        }

        @Test
        void areTheSameWhoeverWasAnsweredBefore() {
            LimitedRoute route = LimitedRoute.with(perClient(100, ofMinutes(1)));
            route.ask(PHONE);
            IntStream.range(0, 17).forEach(i -> route.ask("198.51.100.7"));

            assertEquals(List.of("\"client\";r=98;t=1"), route.ask(PHONE).lines("RateLimit"));
            assertEquals(
                    List.of("\"client\";r=82;t=1"), route.ask("198.51.100.7").lines("RateLimit"));
        }
    }

    @Nested
    class Refusals {

        @Test
        void nameTheLimitsAndTheWait() {
            LimitedRoute route = LimitedRoute.everywhere(
                    List.of(perClient(600, ofHours(1))),
                    perClient(2, ofMinutes(1)).named("sign-in"));
            route.ask(PHONE);
            route.ask(PHONE);

            Reply refused = route.ask(PHONE);

            assertEquals(429, refused.problem().status());
            assertEquals(
                    URI.create("https://iana.org/assignments/http-problem-types#quota-exceeded"),
                    refused.problem().type());
            assertEquals(List.of("sign-in"), refused.problem().extensions().get("violated-policies"));
            assertEquals(30, refused.retryAfter());
            assertEquals(List.of("\"client\";r=598", "\"sign-in\";r=0;t=30"), refused.lines("RateLimit"));
        }

        @Test
        void chargeNoOtherLimit() {
            LimitedRoute route = LimitedRoute.everywhere(
                    List.of(perClient(600, ofHours(1))),
                    perClient(2, ofMinutes(1)).named("sign-in"));
            IntStream.range(0, 100).forEach(i -> route.ask(PHONE));

            Reply later = route.pass(ofMinutes(1)).ask(PHONE);

            assertEquals(599, later.items("RateLimit").get(0).number("r"));
        }

        @Test
        void waitForTheLimitThatLastsLongest() {
            LimitedRoute route = LimitedRoute.with(
                    perClient(1, ofSeconds(10)), perClient(1, ofHours(1)).named("hourly"));
            route.ask(PHONE);

            Reply refused = route.ask(PHONE);

            assertEquals(3600, refused.retryAfter());
            assertEquals(
                    List.of("client", "hourly"), refused.problem().extensions().get("violated-policies"));
        }

        /**
         * The limit per client passed and had said when it has more, which is later than the request may be repeated.
         */
        @Test
        void sayOnlyTimesThatMatter() {
            LimitedRoute route = LimitedRoute.with(perClient(10, ofHours(1)), perCaller(1, ofMinutes(1)));
            route.askAs("ann");

            Reply refused = route.askAs("ann");

            assertEquals(60, refused.retryAfter());
            assertEquals(List.of("\"caller\";r=0;t=60"), refused.lines("RateLimit"));
        }

        @Test
        void sayWhyInTheWordsOfThePolicy() {
            LimitedRoute route = LimitedRoute.with(perClient(1, ofMinutes(1)).refusing(Refusal.REDUCED_CAPACITY));
            route.ask(PHONE);

            Reply refused = route.ask(PHONE);

            assertEquals(503, refused.problem().status());
            assertEquals("temporary-reduced-capacity", refused.problem().code());
            assertEquals(List.of("client"), refused.problem().extensions().get("violated-policies"));
        }

        @Test
        void areCounted() {
            LimitedRoute route = LimitedRoute.with(perClient(1, ofMinutes(1)));
            IntStream.range(0, 4).forEach(i -> route.ask(PHONE));

            assertEquals(List.of(new RateLimitCount("client", "POST /sign-in", 3, 0)), route.counts());
        }
    }

    @Nested
    class Subjects {

        @Test
        void countEachRouteByItselfAndAllOfThemTogether() {
            LimitedRoute route = LimitedRoute.everywhere(
                    List.of(perClient(3, ofMinutes(1)).named("all")), perClient(2, ofMinutes(1)));
            LimitedRoute other = route.beside(perClient(2, ofMinutes(1)));

            assertEquals(2, passing(() -> route.ask(PHONE), 5));
            assertEquals(1, passing(() -> other.ask(PHONE), 5));
        }

        @Test
        void leaveUnlimitedRoutesOut() {
            LimitedRoute route =
                    LimitedRoute.everywhere(List.of(perClient(1, ofMinutes(1))), RateLimitStep.Exemption.UNLIMITED);

            assertEquals(5, passing(() -> route.ask(PHONE), 5));
            assertEquals(List.of(), route.ask(PHONE).lines("RateLimit"));
        }

        @Test
        void countAPhoneByItsNetworkOf64Bits() {
            LimitedRoute route = LimitedRoute.with(perClient(3, ofMinutes(1)));

            int passed = 0;
            for (int i = 0; i < 100; i++) {
                passed += route.ask("2001:db8:1:2::" + i).passed() ? 1 : 0;
            }

            assertEquals(3, passed);
        }

        @Test
        void countASiteWithSixteenTimesThePermits() {
            LimitedRoute route = LimitedRoute.with(perClient(3, ofMinutes(1)));

            int passed = 0;
            for (int i = 0; i < 100; i++) {
                passed += route.ask("2001:db8:1:" + Integer.toHexString(i) + "::1")
                                .passed()
                        ? 1
                        : 0;
            }
            Reply refused = route.ask("2001:db8:1:abc::1");

            assertEquals(48, passed);
            assertEquals("abnormal-usage-detected", refused.problem().code());
            assertEquals(429, refused.problem().status());
            assertEquals(List.of("\"client\";r=0;t=2"), refused.lines("RateLimit"));
            assertTrue(route.ask("2001:db8:2::1").passed());
        }

        @Test
        void tellAPhoneWhatItsSiteHasLeftWhereThatIsLess() {
            LimitedRoute route = LimitedRoute.with(perClient(3, ofMinutes(1)));
            for (int i = 0; i < 46; i++) {
                route.ask("2001:db8:1:" + Integer.toHexString(i) + "::1");
            }

            Reply reply = route.ask("2001:db8:1:abc::1");

            assertEquals(List.of("\"client\";r=1;t=2"), reply.lines("RateLimit"));
        }

        @Test
        void countACallerByItsAccountWhereverItIs() {
            LimitedRoute route = LimitedRoute.with(perCaller(2, ofMinutes(1)));
            var ann = new Caller("ann", "session", Set.of());

            assertTrue(route.ask(PHONE, null, ann).passed());
            assertTrue(route.ask("198.51.100.7", null, ann).passed());
            assertFalse(route.ask("203.0.113.9", null, ann).passed());
            assertTrue(route.askAs("bob").passed());
        }

        @Test
        void countWhoeverIsNotSignedInByItsNetwork() {
            LimitedRoute route = LimitedRoute.with(perCaller(2, ofMinutes(1)));

            assertEquals(2, passing(() -> route.ask(PHONE), 5));
            assertEquals(2, passing(() -> route.ask("198.51.100.7"), 5));
        }

        @Test
        void countTheSiteOfWhoeverIsNotSignedInToo() {
            LimitedRoute route = LimitedRoute.with(perCaller(2, ofMinutes(1)));

            assertEquals(
                    16 * 2,
                    IntStream.range(0, 1_000)
                            .filter(i -> route.ask("2001:db8:1:" + Integer.toHexString(i) + "::1")
                                    .passed())
                            .count());
        }

        @Test
        void countDevicesOfOneNetworkByThemselvesUpToTheClientsLimit() {
            LimitedRoute route = LimitedRoute.with(perClient(5, ofMinutes(1)), perDevice(2, ofMinutes(1)));

            assertEquals(2, passing(() -> route.askFrom(PHONE, "phone-1"), 3));
            assertEquals(2, passing(() -> route.askFrom(PHONE, "phone-2"), 2));
            assertEquals(0, passing(() -> route.askFrom(PHONE, "phone-3"), 1));
        }

        @Test
        void letNobodyUseUpAnothersDevice() {
            LimitedRoute route = LimitedRoute.with(perClient(50, ofMinutes(1)), perDevice(2, ofMinutes(1)));
            var ann = new Caller("ann", "session", Set.of());
            IntStream.range(0, 5).forEach(i -> route.askFrom(PHONE, "phone-1"));

            assertTrue(route.askFrom("198.51.100.7", "phone-1").passed());
            assertTrue(route.ask(PHONE, "phone-1", ann).passed());
        }

        @Test
        void countRequestsThatSayNoDeviceByTheirNetwork() {
            LimitedRoute route = LimitedRoute.with(perClient(50, ofMinutes(1)), perDevice(2, ofMinutes(1)));

            assertEquals(2, passing(() -> route.ask(PHONE), 5));
        }

        @Test
        void needALimitPerClientBesideOneForDevices() {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> LimitedRoute.with(perDevice(2, ofMinutes(1))))
                    .getMessage();

            assertEquals(
                    "POST /sign-in limits devices alone, and anybody can make up as many as they want:"
                            + " add a limit per client, here or for all routes",
                    message);
        }

        @Test
        void goByPlan() {
            LimitedRoute route = LimitedRoute.with(byPlan(
                    perCaller(1, ofMinutes(1)),
                    caller -> caller.roles().stream().findFirst().orElse(null),
                    Map.of("pro", perCaller(3, ofMinutes(1)))));

            assertEquals(3, passing(() -> route.askAs("ann", "pro"), 5));
            assertEquals(1, passing(() -> route.askAs("bob"), 5));
            assertEquals(1, passing(() -> route.askAs("eve", "unheard-of"), 5));
            assertEquals(1, passing(() -> route.ask(PHONE), 5));
            assertEquals(
                    List.of("\"caller\";q=3;w=60"), route.askAs("ann", "pro").lines("RateLimit-Policy"));
        }

        @Test
        void keepWhatIsUsedWhenThePlanChanges() {
            LimitedRoute route = LimitedRoute.with(byPlan(
                    perCaller(2, ofMinutes(1)),
                    caller -> caller.roles().stream().findFirst().orElse(null),
                    Map.of("pro", perCaller(20, ofMinutes(1)))));
            route.askAs("ann");

            Reply upgraded = route.askAs("ann", "pro");

            assertEquals(List.of("\"caller\";r=9;t=3"), upgraded.lines("RateLimit"));
        }
    }

    @Nested
    class Changes {

        @Test
        void holdFromTheNextRequestOn() {
            AdjustableLimit limit = adjustable(perClient(2, ofMinutes(1)));
            LimitedRoute route = LimitedRoute.with(limit);
            route.ask(PHONE);

            limit.replace(perClient(20, ofMinutes(1)));

            assertEquals(List.of("\"client\";r=9;t=3"), route.ask(PHONE).lines("RateLimit"));
            assertEquals(List.of("\"client\";q=20;w=60"), route.ask(PHONE).lines("RateLimit-Policy"));
        }

        @Test
        void keepNobodyWaitingForTheOldWindow() {
            AdjustableLimit limit = adjustable(perClient(1, ofHours(24)));
            LimitedRoute route = LimitedRoute.with(limit);
            route.ask(PHONE);

            limit.replace(perClient(1, ofSeconds(1)));

            assertFalse(route.ask(PHONE).passed());
            assertTrue(route.pass(ofSeconds(2)).ask(PHONE).passed());
        }

        @Test
        void mayComeOften() {
            AdjustableLimit limit = adjustable(perClient(1, ofMinutes(1)));
            LimitedRoute route = LimitedRoute.with(limit);

            for (int permits = 2; permits < 50; permits++) {
                limit.replace(perClient(permits, ofMinutes(1)));
                assertEquals(
                        List.of("\"client\";q=" + permits + ";w=60"),
                        route.ask(PHONE).lines("RateLimit-Policy"));
            }
        }

        @Test
        void leaveNameSubjectAndUnitAsTheyAre() {
            AdjustableLimit limit = adjustable(perClient(1, ofMinutes(1)));

            assertEquals(
                    "all policies of a limit must have its name, subject and unit, which are 'client' for REQUESTS per"
                            + " CLIENT, was 'other' for REQUESTS per CLIENT",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> limit.replace(
                                            perClient(1, ofMinutes(1)).named("other")))
                            .getMessage());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> limit.replace(perCaller(1, ofMinutes(1)).named("client")));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> limit.replace(perClient(1, ofMinutes(1)).ofContentBytes()));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> byPlan(perClient(1, ofMinutes(1)), Caller::accountId, Map.of()));
        }
    }

    /**
     * Six hundred tries to sign in within sixty seconds, of which ten are allowed and nine more come back meanwhile.
     */
    @Nested
    class Attack {

        private final LimitedRoute route = LimitedRoute.with(perClient(10, ofMinutes(1)));

        @Test
        void fromOneAddressGetsThePermitsAndWhatComesBack() {
            int passed = 0;
            for (int i = 0; i < 600; i++) {
                passed += route.ask(PHONE).passed() ? 1 : 0;
                route.pass(ofMillis(100));
            }

            assertEquals(19, passed);
        }

        @Test
        void fromAThousandAddressesGetsNoMoreForEach() {
            var passed = new int[1_000];
            for (int i = 0; i < 600; i++) {
                route.pass(ofMillis(100));
                for (int bot = 0; bot < 1_000; bot++) {
                    passed[bot] +=
                            route.ask("198.51." + bot / 250 + '.' + bot % 250).passed() ? 1 : 0;
                }
            }

            assertEquals(1_000 * 19, IntStream.of(passed).sum());
        }

        @Test
        void fromAThousandNetworksOfOneSiteGetsWhatSixteenWould() {
            int passed = 0;
            for (int i = 0; i < 600; i++) {
                route.pass(ofMillis(100));
                for (int bot = 0; bot < 1_000; bot++) {
                    passed += route.ask("2001:db8:1:" + Integer.toHexString(bot) + "::1")
                                    .passed()
                            ? 1
                            : 0;
                }
            }

            assertEquals(16 * 20 - 1, passed);
        }
    }

    /** By the grammar and by the draft: r is at most q, t is a whole second at least, no Retry-After is before t. */
    @Property
    void writesFieldsThatCanBeReadAsStructuredLists(
            @ForAll @IntRange(min = 1, max = 50) int permits,
            @ForAll @IntRange(min = 1, max = 100_000) int window,
            @ForAll @IntRange(min = 0, max = 60) int cost,
            @ForAll @IntRange(min = 0, max = 100) int before,
            @ForAll boolean ipv6) {
        LimitedRoute route = LimitedRoute.everywhere(
                List.of(perClient(permits, ofSeconds(window)).partition("ü"), perCaller(7, ofMinutes(3))),
                perClient(30, ofHours(1)).named("hourly"),
                RequestCost.of(cost));
        String address = ipv6 ? "2001:db8::1" : PHONE;
        IntStream.range(0, before).forEach(i -> route.ask(address));

        Reply reply = route.pass(ofMillis(before * 37)).ask(address);

        Map<String, StructuredList.Item> policies = reply.items("RateLimit-Policy").stream()
                .collect(Collectors.toMap(StructuredList.Item::name, Function.identity()));
        assertEquals(
                "ü", new String((byte[]) policies.get("client").parameters().get("pk"), StandardCharsets.UTF_8));
        for (StructuredList.Item reading : reply.items("RateLimit")) {
            StructuredList.Item policy = policies.get(reading.name());
            assertTrue(policy.number("w") >= 1);
            assertTrue(reading.number("r") >= 0);
            assertTrue(reading.number("r") <= policy.number("q"));
            boolean timed = reading.parameters().containsKey("t");
            assertTrue(timed || !reply.passed());
            assertTrue(!timed || reading.number("t") >= 1);
            assertTrue(!timed || reply.passed() || reply.retryAfter() >= reading.number("t"));
        }
    }

    private static long passing(Supplier<Reply> ask, int times) {
        return IntStream.range(0, times).filter(i -> ask.get().passed()).count();
    }
}
