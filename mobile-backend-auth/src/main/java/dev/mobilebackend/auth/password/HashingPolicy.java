// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What hashing may cost this process. Memory is bounded by {@code atOnce} times the memory of the cap.
 *
 * @param cost of new hashes
 * @param cap the most that a stored hash may ask for; one that asks for more is refused before any work
 * @param atOnce hashes computed at the same time
 * @param waiting callers that may wait for their turn; the next one is refused at once
 * @param maxWait the longest that a caller may have to wait, as far as can be told when it comes; the next one is
 *     refused at once
 */
public record HashingPolicy(Argon2Cost cost, Argon2Cost cap, int atOnce, int waiting, Duration maxWait) {

    public HashingPolicy {
        requireNonNull(cost, "cost must not be null: HashingPolicy.standard() has one");
        requireNonNull(cap, "cap must not be null: HashingPolicy.standard() has one");
        requireNonNull(maxWait, "maxWait must not be null: HashingPolicy.standard() has two seconds");
        if (!cost.isWithin(cap)) {
            throw new IllegalArgumentException("cost must be within the cap " + cap + ", was " + cost);
        }
        if (atOnce < 1) {
            throw new IllegalArgumentException("atOnce must be at least 1, was " + atOnce);
        }
        if (waiting < 0) {
            throw new IllegalArgumentException("waiting must not be negative, was " + waiting);
        }
        if (maxWait.isNegative()) {
            throw new IllegalArgumentException("maxWait must not be negative, was " + maxWait);
        }
    }

    /** OWASP's Argon2id parameters, one hash a core, sixteen waiting a core, two seconds. */
    public static HashingPolicy standard() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new HashingPolicy(
                new Argon2Cost(19_456, 2, 1), new Argon2Cost(65_536, 4, 4), cores, 16 * cores, Duration.ofSeconds(2));
    }
}
