// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often a failing job is tried, and how long it waits in between: twice as long after each failure, less up to a
 * half by chance, so that jobs which failed together do not come back together.
 *
 * @param first the wait after the first failure
 * @param longest what the wait grows to
 * @param attempts how often a job is started before it is dead
 */
public record RetryPolicy(Duration first, Duration longest, int attempts) {

    /** Tries again after a second, then ever later up to an hour: twenty attempts in some six to eight hours. */
    public static final RetryPolicy STANDARD = new RetryPolicy(Duration.ofSeconds(1), Duration.ofHours(1), 20);

    public RetryPolicy {
        requireNonNull(first, "first must not be null");
        requireNonNull(longest, "longest must not be null");
        if (first.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("first must be at least PT0.001S, was " + first);
        }
        if (longest.compareTo(first) < 0 || longest.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException("longest must be from " + first + " to 365 days, was " + longest);
        }
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1, was " + attempts);
        }
    }

    /** With the standard number of attempts. */
    public static RetryPolicy exponential(Duration first, Duration longest) {
        return new RetryPolicy(first, longest, STANDARD.attempts);
    }

    public RetryPolicy attempts(int count) {
        return new RetryPolicy(first, longest, count);
    }

    /** How long a job waits after its given attempt failed. */
    Duration delayAfter(int attempt, RandomGenerator random) {
        double doubled = first.toMillis() * Math.pow(2, attempt - 1.0);
        double most = Math.min(doubled, (double) longest.toMillis());
        return Duration.ofMillis(Math.round(most - most / 2 * random.nextDouble()));
    }
}
