// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long a one-time code is taken, how often it may be typed and how many are sent. What is sent is limited by the
 * hour and not by longer: whoever asks again and again for somebody else's address keeps its owner from a code until
 * the hour is over, but on no device that the account knows.
 *
 * @param lifetime from when it was asked for
 * @param attempts wrong codes before a new one is needed
 * @param anHour codes to one address or phone within an hour, whoever asks for them; as many again for the devices
 *     that its account knows, and for the step-ups of one account
 */
public record CodePolicy(Duration lifetime, int attempts, int anHour) {

    public CodePolicy {
        requireNonNull(lifetime, "lifetime must not be null: CodePolicy.standard() has 15 minutes");
        if (lifetime.isZero() || lifetime.isNegative()) {
            throw new IllegalArgumentException("lifetime must be positive, was " + lifetime);
        }
        requirePositive("attempts", attempts);
        requirePositive("anHour", anHour);
    }

    /** 15 minutes, 5 attempts and 6 an hour. */
    public static CodePolicy standard() {
        return new CodePolicy(Duration.ofMinutes(15), 5, 6);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
    }
}
