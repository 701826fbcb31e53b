// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency;

import java.time.Duration;

/**
 * How retries of a route are recognised.
 *
 * @param retention how long an answer is kept and replayed
 * @param lockWait how long a duplicate waits for the first to end before it is told to come back
 * @param maximumBody largest answer that can be stored, in bytes, up to 1 MiB
 */
public record IdempotencyPolicy(Duration retention, Duration lockWait, int maximumBody) {

    private static final int LARGEST_COLUMN = 1024 * 1024;

    public IdempotencyPolicy {
        if (retention.isNegative() || retention.isZero()) {
            throw new IllegalArgumentException("retention must be positive, was " + retention);
        }
        if (lockWait.isNegative() || lockWait.isZero()) {
            throw new IllegalArgumentException("lockWait must be positive, was " + lockWait);
        }
        if (maximumBody < 0 || maximumBody > LARGEST_COLUMN) {
            throw new IllegalArgumentException("maximumBody must be 0 to " + LARGEST_COLUMN + ", was " + maximumBody);
        }
    }

    /** Answers kept for 24 hours, duplicates wait 5 seconds, answers to 256 KiB. */
    public static IdempotencyPolicy standard() {
        return new IdempotencyPolicy(Duration.ofHours(24), Duration.ofSeconds(5), 256 * 1024);
    }
}
