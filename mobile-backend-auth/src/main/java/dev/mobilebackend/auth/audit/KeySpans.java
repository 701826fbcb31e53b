// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which key tags which entries. Each change of the server secret is recorded under the new key, and holds the one
 * before; so, from the key that has sealed the head backwards, each span has exactly one, and an older secret that is
 * still accepted, or has leaked, is worth nothing for entries after its span.
 *
 * @param spans keys by the number of the first entry that they may have tagged
 * @param nextBreak the entry at which the trail was begun anew, 0 where there is none; up to there any key will do,
 *     since nothing vouches for what stands before it
 */
record KeySpans(NavigableMap<Long, List<ChainKey>> spans, long nextBreak) {

    /**
     * The spans of a part of a trail.
     *
     * @param excused an entry at which the trail was begun anew and which is known already, or 0
     */
    static KeySpans of(
            AuditStore store, List<ChainKey> accepted, ChainKey sealing, long start, long end, long excused) {
        List<AuditEntry> changes = between(start, end, store.ofType(AuditEvents.SECRET_CHANGED));
        long nextBreak = between(start, end, store.ofType(AuditEvents.TRAIL_BROKEN)).stream()
                .mapToLong(AuditEntry::number)
                .filter(number -> number != excused)
                .findFirst()
                .orElse(0);
        List<ChainKey> known = known(accepted, changes);
        var spans = new TreeMap<Long, List<ChainKey>>();
        if (nextBreak > 0) {
            spans.put(start, known);
            return new KeySpans(spans, nextBreak);
        }
        List<ChainKey> keys = List.of(sealing);
        for (int i = changes.size() - 1; i >= 0; i--) {
            AuditEntry change = changes.get(i);
            spans.put(change.number(), keys);
            // A record that holds no key was changed, which shows when its turn comes; the entries before it may be
            // right.
            keys = keys.size() == 1 ? before(change, keys.get(0)).map(List::of).orElse(known) : known;
        }
        spans.put(start, keys);
        return new KeySpans(spans, 0);
    }

    List<ChainKey> at(long place) {
        return spans.floorEntry(place).getValue();
    }

    private static List<AuditEntry> between(long start, long end, List<AuditEntry> entries) {
        return entries.stream()
                .filter(entry -> entry.number() >= start && entry.number() <= end)
                .toList();
    }

    private static List<ChainKey> known(List<ChainKey> accepted, List<AuditEntry> changes) {
        var known = new ArrayList<>(accepted);
        for (int i = changes.size() - 1; i >= 0; i--) {
            for (ChainKey key : List.copyOf(known)) {
                before(changes.get(i), key).ifPresent(known::add);
            }
        }
        return known;
    }

    private static Optional<ChainKey> before(AuditEntry change, ChainKey key) {
        return key.tryUnwrap(change.event().details().get("key"));
    }
}
