// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How large a request's body may be and how slowly it may come. Declared for a route it holds there instead of the one
 * for all.
 *
 * <pre>{@code
 * routes.signedIn(POST, "/v1/photos").body(BodyPolicy.standard().maximum(20 << 20))
 * }</pre>
 *
 * @param maximum most bytes, as they come and as the handler reads them
 * @param inflation most bytes that one byte of a compressed body may become, once there are more than 64 KiB of them
 * @param parts most parts of a multipart body
 * @param grace how long the client may keep its reader waiting, in all, before {@code rate} is asked for
 * @param rate fewest bytes a second, over the time that was spent waiting
 * @param patience how long the client may keep its reader waiting at most
 */
public record BodyPolicy(long maximum, int inflation, int parts, Duration grace, int rate, Duration patience) {

    public BodyPolicy {
        requireNonNull(grace, "grace must not be null");
        requireNonNull(patience, "patience must not be null");
        atLeast("maximum", maximum, 0);
        atLeast("inflation", inflation, 1);
        atLeast("parts", parts, 1);
        atLeast("rate", rate, 0);
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace must not be negative, was " + grace);
        }
        if (patience.compareTo(grace) < 0) {
            throw new IllegalArgumentException(
                    "patience must not be shorter than grace, was " + patience + " and grace " + grace);
        }
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", was " + value);
        }
    }

    /**
     * 1 MiB, inflated up to hundredfold, 50 parts; after 10 seconds of waiting 500 bytes a second, 5 minutes at most.
     */
    public static BodyPolicy standard() {
        return new BodyPolicy(1 << 20, 100, 50, Duration.ofSeconds(10), 500, Duration.ofMinutes(5));
    }

    public BodyPolicy maximum(long bytes) {
        return new BodyPolicy(bytes, inflation, parts, grace, rate, patience);
    }

    public BodyPolicy inflation(int ratio) {
        return new BodyPolicy(maximum, ratio, parts, grace, rate, patience);
    }

    public BodyPolicy parts(int most) {
        return new BodyPolicy(maximum, inflation, most, grace, rate, patience);
    }

    public BodyPolicy pace(Duration beforeRate, int bytesASecond, Duration atMost) {
        return new BodyPolicy(maximum, inflation, parts, beforeRate, bytesASecond, atMost);
    }

    /** Whether a reader that has waited so long for so many bytes need not wait any longer. */
    public boolean isTooSlow(long bytes, long nanosWaited) {
        if (nanosWaited <= grace.toNanos()) {
            return false;
        }
        return nanosWaited > patience.toNanos() || bytes < nanosWaited / 1e9 * rate;
    }
}
