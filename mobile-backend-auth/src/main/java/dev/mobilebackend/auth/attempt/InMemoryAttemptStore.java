// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.util.List;
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
    public synchronized List<Tries> update(List<String> keys, UnaryOperator<List<Tries>> change) {
        List<Tries> before =
                keys.stream().map(key -> tries.get(key, missing -> Tries.NONE)).toList();
        List<Tries> after = change.apply(before);
        for (int i = 0; i < keys.size(); i++) {
            if (after.get(i).equals(Tries.NONE)) {
                tries.invalidate(keys.get(i));
            } else {
                tries.put(keys.get(i), after.get(i));
            }
        }
        return before;
    }

    @Override
    public synchronized int purge(Instant before, int atMost) {
        List<String> regained = tries.asMap().entrySet().stream()
                .filter(entry -> entry.getValue().regainedAt().isBefore(before))
                .limit(atMost)
                .map(entry -> entry.getKey())
                .toList();
        tries.invalidateAll(regained);
        return regained.size();
    }
}
