// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Caller;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * How often one subject may ask: so many permits in a window, all of which may be used at once and come back evenly.
 *
 * <pre>{@code
 * edge.limit(perClient(10, ofSeconds(1)).named("burst")).limit(perClient(600, ofHours(1)))
 * }</pre>
 *
 * @param name what clients see in {@code RateLimit-Policy}: letters, digits and hyphens
 * @param permits how many in a window, at most 1,000,000 for each second of it
 * @param window whole seconds, at least one
 * @param subject who is counted
 * @param unit what is counted
 * @param mode whether it refuses
 * @param refusal what it says when it refuses
 * @param partition tells apart what clients would take for one quota, sent as {@code pk}; nothing for none
 */
public record RateLimitPolicy(
        String name,
        int permits,
        Duration window,
        Subject subject,
        Unit unit,
        Mode mode,
        Refusal refusal,
        @Nullable String partition)
        implements RateLimit {

    /**
     * Who is counted: the client by its network, the caller by its account, or the device by what it says of itself,
     * within its account or its network. Where no account is known it is the network, and where no device is said it is
     * what the device would belong to.
     */
    public enum Subject {
        CLIENT,
        CALLER,
        DEVICE
    }

    /** What is counted: requests by what they cost, before the answer, or bytes of the answers' bodies, after it. */
    public enum Unit {
        REQUESTS,
        CONTENT_BYTES
    }

    /** Whether it refuses, or only counts what it would refuse and tells clients nothing. */
    public enum Mode {
        ENFORCED,
        SHADOW
    }

    private static final long PERMITS_A_SECOND = 1_000_000;

    public RateLimitPolicy {
        requireNonNull(name, "name must not be null");
        requireNonNull(window, "window must not be null");
        requireNonNull(subject, "subject must not be null");
        requireNonNull(unit, "unit must not be null");
        requireNonNull(mode, "mode must not be null");
        requireNonNull(refusal, "refusal must not be null");
        if (!name.matches("[A-Za-z0-9-]{1,40}")) {
            throw new IllegalArgumentException("name must be 1 to 40 letters, digits and hyphens, was '" + name + "'");
        }
        if (window.compareTo(Duration.ofSeconds(1)) < 0 || !window.equals(window.truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException("window must be whole seconds, at least one, was " + window);
        }
        if (window.compareTo(Duration.ofDays(366)) > 0) {
            throw new IllegalArgumentException("window must be at most 366 days, was " + window);
        }
        if (permits < 1 || permits > PERMITS_A_SECOND * window.toSeconds()) {
            throw new IllegalArgumentException(
                    "permits must be 1 to 1,000,000 for each second of the window, was " + permits + " in " + window);
        }
        if (partition != null && (partition.isEmpty() || partition.length() > 40)) {
            throw new IllegalArgumentException("partition must be 1 to 40 characters, was '" + partition + "'");
        }
    }

    /** A limit for each client, counted by network; a whole IPv6 /48 gets no more than sixteen times as many. */
    public static RateLimitPolicy perClient(int permits, Duration window) {
        return of("client", permits, window, Subject.CLIENT);
    }

    /** A limit for each signed-in account; anonymous requests are counted by their network. */
    public static RateLimitPolicy perCaller(int permits, Duration window) {
        return of("caller", permits, window, Subject.CALLER);
    }

    /**
     * A limit for each {@code Device-Id}, within its account or, for anonymous requests, its network. The id is a claim
     * that can be made up, so it needs a limit per client beside it.
     */
    public static RateLimitPolicy perDevice(int permits, Duration window) {
        return of("device", permits, window, Subject.DEVICE);
    }

    private static RateLimitPolicy of(String name, int permits, Duration window, Subject subject) {
        return new RateLimitPolicy(
                name, permits, window, subject, Unit.REQUESTS, Mode.ENFORCED, Refusal.QUOTA_EXCEEDED, null);
    }

    public RateLimitPolicy named(String other) {
        return new RateLimitPolicy(other, permits, window, subject, unit, mode, refusal, partition);
    }

    /** This policy on trial: it counts, reports what it would refuse, and lets everything through. */
    public RateLimitPolicy shadow() {
        return new RateLimitPolicy(name, permits, window, subject, unit, Mode.SHADOW, refusal, partition);
    }

    /** This policy for bytes of answers' bodies, counted when an answer has ended; the next request waits for them. */
    public RateLimitPolicy ofContentBytes() {
        return new RateLimitPolicy(name, permits, window, subject, Unit.CONTENT_BYTES, mode, refusal, partition);
    }

    public RateLimitPolicy refusing(Refusal other) {
        return new RateLimitPolicy(name, permits, window, subject, unit, mode, other, partition);
    }

    public RateLimitPolicy partition(String other) {
        requireNonNull(other, "partition must not be null: leave it out where there is none");
        return new RateLimitPolicy(name, permits, window, subject, unit, mode, refusal, other);
    }

    @Override
    public RateLimitPolicy policy(@Nullable Caller caller) {
        return this;
    }

    void requireSameAs(RateLimitPolicy other) {
        if (!name.equals(other.name) || subject != other.subject || unit != other.unit) {
            throw new IllegalArgumentException(
                    "all policies of a limit must have its name, subject and unit, which are " + other.kind() + ", was "
                            + kind());
        }
    }

    private String kind() {
        return "'" + name + "' for " + unit + " per " + subject;
    }
}
