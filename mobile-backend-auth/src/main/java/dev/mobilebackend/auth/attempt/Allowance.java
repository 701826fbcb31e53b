// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;

/**
 * How many failed tries one account or one client has, and what happens after them. Tries are regained one by one, so
 * a mistake now and then never adds up.
 *
 * @param freeTries tries without any wait
 * @param firstWait the wait after the last free try has failed; each further failure doubles it
 * @param longestWait where the doubling ends
 * @param regainEvery how long it takes to regain one try
 */
public record Allowance(int freeTries, Duration firstWait, Duration longestWait, Duration regainEvery) {

    public Allowance {
        requireNonNull(firstWait, "firstWait must not be null: such as Duration.ofSeconds(1)");
        requireNonNull(longestWait, "longestWait must not be null: such as Duration.ofMinutes(15)");
        requireNonNull(regainEvery, "regainEvery must not be null: such as Duration.ofMinutes(15)");
        if (freeTries < 1) {
            throw new IllegalArgumentException("freeTries must be at least 1, was " + freeTries);
        }
        if (firstWait.isZero() || firstWait.isNegative()) {
            throw new IllegalArgumentException("firstWait must be positive, was " + firstWait);
        }
        if (longestWait.compareTo(firstWait) < 0) {
            throw new IllegalArgumentException(
                    "longestWait must be at least firstWait " + firstWait + ", was " + longestWait);
        }
        if (regainEvery.isZero() || regainEvery.isNegative()) {
            throw new IllegalArgumentException("regainEvery must be positive, was " + regainEvery);
        }
    }

    /** How long to wait before the next try, zero if none. */
    Duration remainingWait(Tries tries, Instant now) {
        Duration left = Duration.between(now, tries.last().plus(waitAfter(tries.count(this))));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Duration waitAfter(long failures) {
        if (failures < freeTries) {
            return Duration.ZERO;
        }
        long doublings = failures - freeTries;
        long longestInFirst = longestWait.dividedBy(firstWait);
        boolean within = doublings < Long.SIZE - Long.numberOfLeadingZeros(longestInFirst);
        return within ? firstWait.multipliedBy(1L << doublings) : longestWait;
    }
}
