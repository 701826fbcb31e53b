// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.ratelimit.RateLimitDecision.Allowed;
import dev.mobilebackend.core.ratelimit.RateLimitDecision.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RateLimiterTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final RateLimitPolicy THREE_A_MINUTE = RateLimitPolicy.perClient(3, Duration.ofMinutes(1));

    private final RateLimiter limiter = new RateLimiter(new InMemoryRateLimitStore());

    @Test
    void allowsAllPermitsAtOnceAndCountsThemDown() {
        List<Long> remaining = IntStream.range(0, 3)
                .mapToObj(i ->
                        assertInstanceOf(Allowed.class, decide("phone", NOW)).remaining())
                .toList();

        assertEquals(List.of(2L, 1L, 0L), remaining);
    }

    @Test
    void refusesTheRequestAfterTheLastPermitUntilOneIsBack() {
        useAllPermits("phone");

        Refused refused = assertInstanceOf(Refused.class, decide("phone", NOW));

        assertEquals(Duration.ofSeconds(20), refused.retryAfter());
        assertInstanceOf(Refused.class, decide("phone", NOW.plusSeconds(20).minusMillis(1)));
        assertInstanceOf(Allowed.class, decide("phone", NOW.plusSeconds(20)));
    }

    @Test
    void refusedRequestsCostNothing() {
        useAllPermits("phone");
        IntStream.range(0, 100).forEach(i -> decide("phone", NOW));

        assertInstanceOf(Allowed.class, decide("phone", NOW.plusSeconds(20)));
    }

    @Test
    void countsEachSubjectAndEachScopeByItself() {
        useAllPermits("phone");

        assertInstanceOf(Allowed.class, decide("tablet", NOW));
        assertInstanceOf(Allowed.class, limiter.decide(THREE_A_MINUTE, "/other", "phone", NOW));
    }

    @Test
    void keepsThePartOfTheWindowThatIsUsedWhenThePolicyChanges() {
        var sixty = perClient(60, Duration.ofMinutes(1));
        var six = perClient(6, Duration.ofMinutes(1));

        IntStream.range(0, 30).forEach(i -> limiter.decide(sixty, "*", "phone", NOW));

        assertEquals(
                2,
                assertInstanceOf(Allowed.class, limiter.decide(six, "*", "phone", NOW))
                        .remaining());
    }

    @Test
    void countsEachNameByItself() {
        useAllPermits("phone");

        assertInstanceOf(Allowed.class, limiter.decide(THREE_A_MINUTE.named("other"), "*", "phone", NOW));
    }

    /** Whatever the arrivals, no window holds more than its permits plus those that came back within it. */
    @Property
    void noWindowHoldsMoreThanTwiceThePermits(
            @ForAll @IntRange(min = 1, max = 20) int permits,
            @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 0, max = 5_000) Integer> gaps) {
        var policy = RateLimitPolicy.perClient(permits, Duration.ofSeconds(10));
        var limits = new RateLimiter(new InMemoryRateLimitStore());
        var admitted = new ArrayDeque<Instant>();
        Instant now = NOW;

        for (int gap : gaps) {
            now = now.plusMillis(gap);
            if (limits.decide(policy, "*", "phone", now) instanceof Allowed) {
                admitted.add(now);
            }
            Instant windowStart = now.minusSeconds(10);
            admitted.removeIf(time -> !time.isAfter(windowStart));
            assertTrue(admitted.size() <= 2 * permits, admitted.size() + " in ten seconds of " + permits);
        }
    }

    @Test
    void namesTheValueThatAPolicyDoesNotAccept() {
        assertEquals(
                "permits must be 1 to 1,000,000 for each second of the window, was 0 in PT1M",
                assertThrows(IllegalArgumentException.class, () -> RateLimitPolicy.perClient(0, Duration.ofMinutes(1)))
                        .getMessage());
        assertEquals(
                "window must be whole seconds, at least one, was PT0.5S",
                assertThrows(IllegalArgumentException.class, () -> RateLimitPolicy.perClient(1, Duration.ofMillis(500)))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> perClient(1, Duration.ofMinutes(1))
                .named("\"quote"));
    }

    private void useAllPermits(String subject) {
        IntStream.range(0, 3).forEach(i -> decide(subject, NOW));
    }

    private RateLimitDecision decide(String subject, Instant now) {
        return limiter.decide(THREE_A_MINUTE, "*", subject, now);
    }
}
