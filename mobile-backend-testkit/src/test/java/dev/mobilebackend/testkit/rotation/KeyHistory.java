// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.rotation;

import dev.mobilebackend.auth.key.KeyPolicy;
import dev.mobilebackend.auth.key.SigningKey;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Every key there has been, with its private part, and when it had to stop. Told by the rows alone, so that no ring is
 * asked about itself. Immutable.
 */
record KeyHistory(Map<String, Life> lives, List<SigningKey> inOrder) {

    /**
     * A key and its end.
     *
     * @param retiredAt from when on nobody may take it
     * @param endedAt when it was ended as leaked, or never
     * @param hastyUntil until when other instances may not know it, since it signed as soon as it was made
     */
    record Life(SigningKey key, Instant retiredAt, Instant endedAt, Instant hastyUntil) {}

    static KeyHistory empty() {
        return new KeyHistory(Map.of(), List.of());
    }

    /** With the rows as they are now. */
    KeyHistory seen(List<SigningKey> rows, KeyPolicy policy) {
        var next = new HashMap<>(lives);
        for (SigningKey key : rows) {
            Instant retiredAt = rows.stream()
                    .filter(later -> later.generation() > key.generation())
                    .map(later -> later.activeFrom().plus(policy.retention()))
                    .min(Comparator.naturalOrder())
                    .orElse(Instant.MAX);
            Life before = next.get(key.id());
            next.put(
                    key.id(),
                    before == null
                            ? new Life(key, retiredAt, Instant.MAX, Instant.MIN)
                            : new Life(key, retiredAt, before.endedAt(), before.hastyUntil()));
        }
        return of(next);
    }

    KeyHistory ended(String keyId, Instant at) {
        Life life = lives.get(keyId);
        var next = new HashMap<>(lives);
        next.put(keyId, new Life(life.key(), life.retiredAt(), at, life.hastyUntil()));
        return of(next);
    }

    KeyHistory hasty(String keyId, Instant until) {
        Life life = lives.get(keyId);
        var next = new HashMap<>(lives);
        next.put(keyId, new Life(life.key(), life.retiredAt(), life.endedAt(), until));
        return of(next);
    }

    private static KeyHistory of(Map<String, Life> lives) {
        Stream<SigningKey> keys = lives.values().stream().map(Life::key);
        return new KeyHistory(
                Map.copyOf(lives),
                keys.sorted(Comparator.comparingInt(SigningKey::generation)).toList());
    }
}
