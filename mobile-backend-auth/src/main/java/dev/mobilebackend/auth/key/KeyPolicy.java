// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The life of a signing key, seen from several instances of one application.
 *
 * @param algorithm of new keys; those that are there keep theirs, so it can be changed like a key
 * @param signFor how long a key signs before {@link KeyRing#rotateIfDue} makes the next one
 * @param reloadEvery how old an instance's view of the keys may get before it asks the store again
 * @param publishAhead how long a new key is known before it signs; longer than {@code reloadEvery}, so that every
 *     instance and every reader of the key set knows a key before its first token. The clocks of two instances may
 *     differ by the rest
 * @param retention how long a replaced key still verifies; at least the life of a token
 */
public record KeyPolicy(
        SigningAlgorithm algorithm, Duration signFor, Duration reloadEvery, Duration publishAhead, Duration retention) {

    public KeyPolicy {
        requireNonNull(algorithm, "algorithm must not be null: KeyPolicy.standard() has ES256");
        requireNonNull(signFor, "signFor must not be null: KeyPolicy.standard() has 30 days");
        requireNonNull(reloadEvery, "reloadEvery must not be null: KeyPolicy.standard() has 10 seconds");
        requireNonNull(publishAhead, "publishAhead must not be null: KeyPolicy.standard() has 5 minutes");
        requireNonNull(retention, "retention must not be null: KeyPolicy.standard() has 1 hour");
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
        if (signFor.compareTo(publishAhead) < 0) {
            throw new IllegalArgumentException(
                    "signFor must be at least publishAhead " + publishAhead + ", was " + signFor);
        }
    }

    /** ES256 for 30 days, reload every 10 seconds, publish 5 minutes ahead, verify for 1 hour after. */
    public static KeyPolicy standard() {
        return new KeyPolicy(
                SigningAlgorithm.ES256,
                Duration.ofDays(30),
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                Duration.ofHours(1));
    }

    public KeyPolicy withAlgorithm(SigningAlgorithm chosen) {
        return new KeyPolicy(chosen, signFor, reloadEvery, publishAhead, retention);
    }

    public KeyPolicy withSignFor(Duration time) {
        return new KeyPolicy(algorithm, time, reloadEvery, publishAhead, retention);
    }

    public KeyPolicy withReloadEvery(Duration time) {
        return new KeyPolicy(algorithm, signFor, time, publishAhead, retention);
    }

    public KeyPolicy withPublishAhead(Duration time) {
        return new KeyPolicy(algorithm, signFor, reloadEvery, time, retention);
    }

    public KeyPolicy withRetention(Duration time) {
        return new KeyPolicy(algorithm, signFor, reloadEvery, publishAhead, time);
    }
}
