// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long sessions last and how long a used refresh token is forgiven.
 *
 * @param idle a session ends when it was not refreshed for this long
 * @param absolute a session ends this long after sign-in, however often it was refreshed
 * @param plainRetry how long a client that sends no rotation proofs may ask again with the token it used last
 * @param straggler how long after a refresh a used token without its own proof counts as late rather than stolen; it
 *     gets no tokens even then
 */
public record SessionPolicy(Duration idle, Duration absolute, Duration plainRetry, Duration straggler) {

    public SessionPolicy {
        requirePositive("idle", idle);
        requirePositive("absolute", absolute);
        requirePositive("straggler", straggler);
        requireNonNull(plainRetry, "plainRetry must not be null: Duration.ZERO turns it off");
        if (plainRetry.isNegative()) {
            throw new IllegalArgumentException(
                    "plainRetry must not be negative, was " + plainRetry + ": zero turns it off");
        }
        if (idle.compareTo(absolute) > 0) {
            throw new IllegalArgumentException("idle must not exceed absolute, was " + idle + " over " + absolute);
        }
    }

    /** 30 days idle, 180 days in all, 10 minutes to retry without proofs, 10 seconds for stragglers. */
    public static SessionPolicy standard() {
        return new SessionPolicy(
                Duration.ofDays(30), Duration.ofDays(180), Duration.ofMinutes(10), Duration.ofSeconds(10));
    }

    public SessionPolicy withIdle(Duration time) {
        return new SessionPolicy(time, absolute, plainRetry, straggler);
    }

    public SessionPolicy withAbsolute(Duration time) {
        return new SessionPolicy(idle, time, plainRetry, straggler);
    }

    public SessionPolicy withPlainRetry(Duration time) {
        return new SessionPolicy(idle, absolute, time, straggler);
    }

    public SessionPolicy withStraggler(Duration time) {
        return new SessionPolicy(idle, absolute, plainRetry, time);
    }

    private static void requirePositive(String name, Duration time) {
        requireNonNull(time, () -> name + " must not be null: SessionPolicy.standard() has one");
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, was " + time);
        }
    }
}
