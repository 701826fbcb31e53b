// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final RandomGenerator NO_CHANCE = () -> 0;

    @Test
    void waitsTwiceAsLongAfterEachFailureUpToTheLongest() {
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(10));

        assertEquals(Duration.ofSeconds(1), policy.delayAfter(1, NO_CHANCE));
        assertEquals(Duration.ofSeconds(2), policy.delayAfter(2, NO_CHANCE));
        assertEquals(Duration.ofSeconds(8), policy.delayAfter(4, NO_CHANCE));
        assertEquals(Duration.ofSeconds(10), policy.delayAfter(5, NO_CHANCE));
        assertEquals(Duration.ofSeconds(10), policy.delayAfter(10_000, NO_CHANCE));
    }

    @Property
    void takesUpToAHalfOffByChance(@ForAll long seed, @ForAll @IntRange(min = 1, max = 50) int attempt) {
        Duration most = RetryPolicy.STANDARD.delayAfter(attempt, NO_CHANCE);

        Duration delay = RetryPolicy.STANDARD.delayAfter(attempt, new Random(seed));

        assertTrue(delay.compareTo(most) <= 0, delay::toString);
        assertTrue(delay.compareTo(most.dividedBy(2)) >= 0, delay::toString);
    }

    @Test
    void refusesWhatCannotBe() {
        Duration second = Duration.ofSeconds(1);

        assertThrows(IllegalArgumentException.class, () -> RetryPolicy.exponential(Duration.ZERO, second));
        assertThrows(IllegalArgumentException.class, () -> RetryPolicy.exponential(second, Duration.ofMillis(999)));
        assertThrows(IllegalArgumentException.class, () -> RetryPolicy.STANDARD.attempts(0));
    }
}
