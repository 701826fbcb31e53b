// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.UnaryOperator;

/**
 * Tries counted in this process, for so many keys; those seldom used are forgotten first. With several instances each
 * counts by itself, so an attacker has the allowance once for each of them. Thread safe.
 */
public final class InMemoryAttemptStore implements AttemptStore {

    private final Cache<String, Tries> tries;

    /**
     * A store of its own.
     *
     * @param size how many keys, about 200 bytes each
     */
    public InMemoryAttemptStore(int size) {
        tries = Caffeine.newBuilder().maximumSize(size).executor(Runnable::run).build();
    }

    @Override
    public Tries update(String key, UnaryOperator<Tries> change) {
        var before = new Tries[] {Tries.NONE};
        tries.asMap().compute(key, (same, found) -> {
            before[0] = found == null ? Tries.NONE : found;
            Tries after = change.apply(before[0]);
            return after.equals(Tries.NONE) ? null : after;
        });
        return before[0];
    }
}
