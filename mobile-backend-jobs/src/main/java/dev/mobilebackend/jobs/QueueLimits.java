// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;

/**
 * What all workers together keep to in a queue. Every worker that serves it must be given the same.
 *
 * @param perKey how many jobs of one {@link NewJob#key} run at a time
 * @param running how many run at a time
 * @param starts how many begin within any {@code window}, counted by the store's clock
 * @param window how long {@code starts} is counted over
 */
public record QueueLimits(int perKey, int running, int starts, Duration window) {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(1);

    /** No limit. Jobs {@link NewJob#inOrder} wait for each other all the same. */
    public static final QueueLimits NONE =
            new QueueLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Duration.ofSeconds(1));

    public QueueLimits {
        requirePositive("perKey", perKey);
        requirePositive("running", running);
        requirePositive("the number of a rate", starts);
        if (window.compareTo(SHORTEST) < 0 || window.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "the time of a rate must be from " + SHORTEST + " to " + LONGEST + ", was " + window);
        }
    }

    /** Whether nothing is limited. */
    public boolean none() {
        return equals(NONE);
    }

    /** Whether there is a rate to keep to. */
    public boolean rated() {
        return starts != Integer.MAX_VALUE;
    }

    private static void requirePositive(String what, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException(what + " must be 1 or more, was " + limit);
        }
    }
}
