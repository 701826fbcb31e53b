// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class CacheBuilderTest {

    @Test
    void asksForATimeToLive() {
        Cache.Builder<Integer, String> builder =
                Cache.<Integer, String>named("products").maximumSize(10);

        var refused = assertThrows(IllegalStateException.class, () -> builder.build(key -> Optional.empty()));

        assertEquals("cache products has no time to live: call timeToLive(...)", refused.getMessage());
    }

    @Test
    void asksForABound() {
        Cache.Builder<Integer, String> builder =
                Cache.<Integer, String>named("products").timeToLive(ofMinutes(1));

        var refused = assertThrows(IllegalStateException.class, () -> builder.build(key -> Optional.empty()));

        assertEquals("cache products has no bound: call maximumSize(...)", refused.getMessage());
    }

    @Test
    void refusesWhatIsOutOfBounds() {
        assertRefused("maximumSize of cache products must be at least 1, was -1", with -> with.maximumSize(-1));
        assertRefused("jitter of cache products must be a part from 0 to below 1, was 1.0", with -> with.jitter(1));
        assertRefused(
                "jitter of cache products must be a part from 0 to below 1, was NaN", with -> with.jitter(Double.NaN));
        assertRefused(
                "timeToLive of cache products must be from 1 ms to 100 years, was PT0S", with -> with.timeToLive(ZERO));
        assertRefused(
                "timeToLive of cache products must be from 1 ms to 100 years, was PT876024H",
                with -> with.timeToLive(ofDays(36_501)));
        assertRefused(
                "absentFor of cache products must be from 1 ms to 100 years, was PT0.000000001S",
                with -> with.absentFor(ofNanos(1)));
        assertRefused(
                "staleOnError of cache products must be from 1 ms to 100 years, was PT-1S",
                with -> with.staleOnError(ofSeconds(-1)));
        assertRefused(
                "retryEvery of cache products must be from 1 ms to 100 years, was PT0S", with -> with.retryEvery(ZERO));
    }

    @Test
    void refusesNullWhereItIsSaid() {
        assertMissing("timeToLive must not be null", with -> with.timeToLive(null));
        assertMissing("absentFor must not be null: Duration.ZERO remembers nothing", with -> with.absentFor(null));
        assertMissing("staleOnError must not be null: Duration.ZERO serves nothing", with -> with.staleOnError(null));
        assertMissing("retryEvery must not be null: leave it out for 5 seconds", with -> with.retryEvery(null));
        assertMissing("clock must not be null: leave it out for the system's", with -> with.clock(null));
        assertMissing("random must not be null: leave it out for our own", with -> with.random(null));
        assertMissing("loader must not be null: it asks the source", with -> {
            with.build(null);
            return with;
        });
    }

    @Test
    void refusesToPutWithoutATimeToLive() {
        Cache<Integer, String> cache = complete().build(key -> Optional.empty());

        var refused = assertThrows(IllegalArgumentException.class, () -> cache.put(42, "pear", ZERO));

        assertEquals("timeToLive of cache products must be from 1 ms to 100 years, was PT0S", refused.getMessage());
    }

    private static void assertMissing(String message, UnaryOperator<Cache.Builder<Integer, String>> change) {
        var refused = assertThrows(NullPointerException.class, () -> change.apply(complete()));

        assertEquals(message, refused.getMessage());
    }

    private static void assertRefused(String message, UnaryOperator<Cache.Builder<Integer, String>> change) {
        Cache.Builder<Integer, String> builder = change.apply(complete());

        var refused = assertThrows(IllegalArgumentException.class, () -> builder.build(key -> Optional.empty()));

        assertEquals(message, refused.getMessage());
    }

    private static Cache.Builder<Integer, String> complete() {
        return Cache.<Integer, String>named("products").maximumSize(10).timeToLive(ofMinutes(1));
    }
}
