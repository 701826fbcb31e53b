// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How retries of a route are recognised.
 *
 * <pre>{@code
 * IdempotencyPolicy.standard().lease(ofMinutes(2)).statusLink("/v1/transfers/by-key/{key}")
 * }</pre>
 *
 * @param retention how long an answer is kept and replayed; clients are told so where they forget the key
 * @param lockWait how long a duplicate waits for the first to end before it is told to come back
 * @param maximumBody largest body that is stored, in bytes, up to 1 MiB; of a larger one only the {@code Location} is,
 *     and a retry is sent on to it
 * @param lease longest that a phase, a foreign call or detached work may take: later its owner counts as gone
 * @param rerun whether detached work may run again when its outcome is unknown
 * @param statusLink where a client finds out what became of detached work, with {@code {key}} for its key
 */
public record IdempotencyPolicy(
        Duration retention,
        Duration lockWait,
        int maximumBody,
        Duration lease,
        Rerun rerun,
        @Nullable String statusLink) {

    /** Whether work that may have had its effect is done again. */
    public enum Rerun {
        NEVER,
        /** It is idempotent by itself: whoever declares this says that twice does no more than once. */
        SAFE
    }

    private static final int LARGEST_COLUMN = 1024 * 1024;

    public IdempotencyPolicy {
        requireNonNull(retention, "retention must not be null");
        requireNonNull(lockWait, "lockWait must not be null");
        requireNonNull(lease, "lease must not be null");
        requireNonNull(rerun, "rerun must not be null");
        requirePositive("retention", retention);
        requirePositive("lockWait", lockWait);
        requirePositive("lease", lease);
        if (maximumBody < 0 || maximumBody > LARGEST_COLUMN) {
            throw new IllegalArgumentException("maximumBody must be 0 to " + LARGEST_COLUMN + ", was " + maximumBody);
        }
        if (statusLink != null && !statusLink.contains("{key}")) {
            throw new IllegalArgumentException("statusLink must contain {key}, was " + statusLink);
        }
    }

    /**
     * Answers kept for 24 hours, duplicates wait 5 seconds, bodies to 256 KiB, leases of 30 seconds, nothing that may
     * have been done is done again.
     */
    public static IdempotencyPolicy standard() {
        return new IdempotencyPolicy(
                Duration.ofHours(24), Duration.ofSeconds(5), 256 * 1024, Duration.ofSeconds(30), Rerun.NEVER, null);
    }

    public IdempotencyPolicy retention(Duration kept) {
        return new IdempotencyPolicy(kept, lockWait, maximumBody, lease, rerun, statusLink);
    }

    public IdempotencyPolicy lockWait(Duration wait) {
        return new IdempotencyPolicy(retention, wait, maximumBody, lease, rerun, statusLink);
    }

    public IdempotencyPolicy maximumBody(int bytes) {
        return new IdempotencyPolicy(retention, lockWait, bytes, lease, rerun, statusLink);
    }

    public IdempotencyPolicy lease(Duration longest) {
        return new IdempotencyPolicy(retention, lockWait, maximumBody, longest, rerun, statusLink);
    }

    /** Detached work whose outcome is unknown runs again: it is idempotent by itself. */
    public IdempotencyPolicy safeToRerun() {
        return new IdempotencyPolicy(retention, lockWait, maximumBody, lease, Rerun.SAFE, statusLink);
    }

    public IdempotencyPolicy statusLink(String template) {
        requireNonNull(template, "statusLink must not be null: leave it out where there is none");
        return new IdempotencyPolicy(retention, lockWait, maximumBody, lease, rerun, template);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, was " + value);
        }
    }
}
