// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Duration;

/**
 * How long a verification code is taken and how often it may be typed.
 *
 * @param lifetime from the sign-up on
 * @param attempts wrong codes before a new sign-up is needed
 */
public record CodePolicy(Duration lifetime, int attempts) {

    public CodePolicy {
        if (lifetime.isZero() || lifetime.isNegative()) {
            throw new IllegalArgumentException("lifetime must be positive, was " + lifetime);
        }
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1, was " + attempts);
        }
    }

    /** 15 minutes, 5 attempts. */
    public static CodePolicy standard() {
        return new CodePolicy(Duration.ofMinutes(15), 5);
    }
}
