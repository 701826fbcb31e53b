// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Duration;

/**
 * How long a one-time code is taken, how often it may be typed and how many are sent.
 *
 * @param lifetime from when it was asked for
 * @param attempts wrong codes before a new one is needed
 * @param anHour codes to one address or phone within an hour, whoever asks for them
 * @param aDay the same within a day
 */
public record CodePolicy(Duration lifetime, int attempts, int anHour, int aDay) {

    public CodePolicy {
        if (lifetime.isZero() || lifetime.isNegative()) {
            throw new IllegalArgumentException("lifetime must be positive, was " + lifetime);
        }
        requirePositive("attempts", attempts);
        requirePositive("anHour", anHour);
        requirePositive("aDay", aDay);
    }

    /** 15 minutes, 5 attempts, 6 an hour and 24 a day. */
    public static CodePolicy standard() {
        return new CodePolicy(Duration.ofMinutes(15), 5, 6, 24);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
    }
}
