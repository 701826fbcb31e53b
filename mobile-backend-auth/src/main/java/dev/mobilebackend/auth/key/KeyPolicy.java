// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import java.time.Duration;

/**
 * The life of a signing key, seen from several instances of one application.
 *
 * @param reloadEvery how old an instance's view of the keys may get before it asks the store again
 * @param publishAhead how long a new key is known before it signs; longer than {@code reloadEvery}, so that every
 *     instance and every reader of the key set knows a key before its first token
 * @param retention how long a replaced key still verifies; at least the life of a token
 */
public record KeyPolicy(Duration reloadEvery, Duration publishAhead, Duration retention) {

    public KeyPolicy {
        if (reloadEvery.isZero() || reloadEvery.isNegative()) {
            throw new IllegalArgumentException("reloadEvery must be positive, was " + reloadEvery);
        }
        if (publishAhead.compareTo(reloadEvery) <= 0) {
            throw new IllegalArgumentException(
                    "publishAhead must be longer than reloadEvery " + reloadEvery + ", was " + publishAhead);
        }
        if (retention.compareTo(publishAhead) < 0) {
            throw new IllegalArgumentException(
                    "retention must be at least publishAhead " + publishAhead + ", was " + retention);
        }
    }

    /** Reload every 10 seconds, publish 5 minutes ahead, verify for 1 hour after. */
    public static KeyPolicy standard() {
        return new KeyPolicy(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofHours(1));
    }
}
