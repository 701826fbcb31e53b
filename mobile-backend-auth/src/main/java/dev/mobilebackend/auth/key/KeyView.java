// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys as one instance saw them at one moment. Immutable.
 *
 * @param keys by generation, the first one first; never empty
 * @param retirement when each key stops to verify, by its id
 * @param loadedAt when the store gave them
 * @param staleAt when to ask the store again
 */
record KeyView(List<SigningKey> keys, Map<String, Retirement> retirement, Instant loadedAt, Instant staleAt) {

    record Retirement(SigningKey key, Instant at) {}

    static KeyView of(List<SigningKey> unordered, Instant now, KeyPolicy policy) {
        List<SigningKey> keys = unordered.stream()
                .sorted(Comparator.comparingInt(SigningKey::generation))
                .toList();
        var retirement = new HashMap<String, Retirement>();
        Instant successorActive = null;
        for (int i = keys.size() - 1; i >= 0; i--) {
            SigningKey key = keys.get(i);
            Instant at = successorActive == null ? Instant.MAX : successorActive.plus(policy.retention());
            retirement.put(key.id(), new Retirement(key, at));
            successorActive = successorActive == null || key.activeFrom().isBefore(successorActive)
                    ? key.activeFrom()
                    : successorActive;
        }
        return new KeyView(keys, Map.copyOf(retirement), now, now.plus(policy.reloadEvery()));
    }

    /** These keys for a little longer, because the store did not answer. */
    KeyView kept(Instant now, KeyPolicy policy) {
        return new KeyView(keys, retirement, loadedAt, now.plus(policy.reloadEvery()));
    }

    boolean isStale(Instant now) {
        return !now.isBefore(staleAt);
    }

    /** Whether another instance may sign by now with a key that is not in this view. */
    boolean mayMissKeys(Instant now, KeyPolicy policy) {
        return !now.isBefore(loadedAt.plus(policy.publishAhead()));
    }

    SigningKey current(Instant now) {
        for (int i = keys.size() - 1; i > 0; i--) {
            if (!keys.get(i).activeFrom().isAfter(now)) {
                return keys.get(i);
            }
        }
        return keys.get(0);
    }

    Optional<SigningKey> find(String keyId, Instant now) {
        Retirement found = retirement.get(keyId);
        return found != null && now.isBefore(found.at()) ? Optional.of(found.key()) : Optional.empty();
    }

    List<SigningKey> usable(Instant now) {
        return keys.stream().filter(key -> find(key.id(), now).isPresent()).toList();
    }

    List<SigningKey> retired(Instant now) {
        return keys.stream().filter(key -> find(key.id(), now).isEmpty()).toList();
    }

    SigningKey newest() {
        return keys.get(keys.size() - 1);
    }
}
