// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * How often one subject may ask: so many permits in a window, all of which may be used at once and come back evenly.
 *
 * @param name what clients see in {@code RateLimit-Policy}: letters, digits and hyphens
 * @param permits requests in a window, 1 to 1,000,000
 * @param window whole seconds, at least one
 * @param subject who is counted
 */
public record RateLimitPolicy(String name, int permits, Duration window, Subject subject) {

    /** Who is counted: the client by its network, or the caller by its account. */
    public enum Subject {
        CLIENT,
        CALLER
    }

    public RateLimitPolicy {
        if (!name.matches("[A-Za-z0-9-]{1,40}")) {
            throw new IllegalArgumentException("name must be 1 to 40 letters, digits and hyphens, was '" + name + "'");
        }
        if (permits < 1 || permits > 1_000_000) {
            throw new IllegalArgumentException("permits must be 1 to 1,000,000, was " + permits);
        }
        if (window.compareTo(Duration.ofSeconds(1)) < 0 || !window.equals(window.truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException("window must be whole seconds, at least one, was " + window);
        }
    }

    /** A limit for each client, counted by network: see {@code ClientAddress.network()}. */
    public static RateLimitPolicy perClient(int permits, Duration window) {
        return new RateLimitPolicy("client", permits, window, Subject.CLIENT);
    }

    /** A limit for each signed-in account; anonymous requests are counted by their network. */
    public static RateLimitPolicy perCaller(int permits, Duration window) {
        return new RateLimitPolicy("caller", permits, window, Subject.CALLER);
    }

    public RateLimitPolicy named(String other) {
        return new RateLimitPolicy(other, permits, window, subject);
    }

    /** The time after which one used permit is back. */
    long intervalMicros() {
        return Math.max(1, windowMicros() / permits);
    }

    long windowMicros() {
        return window.toSeconds() * 1_000_000L;
    }
}
