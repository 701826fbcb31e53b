// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Takes old entries out of a trail, some at a time, each time with a record from which the rest can be verified. */
final class Archiving {

    private final AuditStore store;
    private final TrailEnd end;
    private final AuditArchive archive;

    Archiving(AuditStore store, TrailEnd end, AuditArchive archive) {
        this.store = store;
        this.end = end;
        this.archive = archive;
    }

    long upTo(Instant olderThan, Instant now) {
        AuditCheck check = AuditCheck.ofAll(store, end.keys());
        long mayLeave = end.mayLeave();
        long archived = 0;
        List<AuditEntry> some = check.next(olderThan, mayLeave);
        while (!some.isEmpty()) {
            archive.keep(some);
            if (!tryRemove(some, now)) {
                break;
            }
            archived += some.size();
            some = check.next(olderThan, mayLeave);
        }
        return archived;
    }

    /** Not where another instance has removed them meanwhile. */
    private boolean tryRemove(List<AuditEntry> entries, Instant now) {
        AuditEntry last = entries.get(entries.size() - 1);
        String through = new AuditHead(last.number(), last.tag(), AuditHead.NONE.seal()).toString();
        return store.inTransaction(() -> {
            AuditWriter writer = end.writer(now);
            boolean first = store.after(0, 1).stream()
                    .anyMatch(entry -> entry.number() == entries.get(0).number());
            if (first) {
                writer.add(TrailEnd.own(AuditEvents.ARCHIVED, Map.of("through", through), now))
                        .writeTo(store);
                store.remove(last.number());
            }
            return first;
        });
    }
}
