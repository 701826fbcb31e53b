// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

/**
 * So many permits, one of which comes back in each interval; the arithmetic between permits and a store's times.
 *
 * @param permits how many there are when nothing is used
 * @param interval microseconds
 */
record Rate(long permits, long interval) {

    static Rate of(RateLimitPolicy policy) {
        return new Rate(policy.permits(), policy.window().toSeconds() * 1_000_000 / policy.permits());
    }

    long window() {
        return permits * interval;
    }

    long cost(long taken) {
        return taken * interval;
    }

    /** How many permits are left by a band's outcome, where so many were asked for. */
    long remaining(long outcome, long asked) {
        long untilFull = outcome < 0 ? window() - cost(asked) - outcome : outcome;
        return Math.max(0, (window() - untilFull) / interval);
    }

    /** Microseconds until the request may pass, or until one more permit is there. */
    long untilMore(long outcome) {
        if (outcome < 0) {
            return -outcome;
        }
        long begun = outcome % interval;
        return begun == 0 ? interval : begun;
    }
}
