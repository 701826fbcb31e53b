// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Entries in this process's memory, for tests and prototypes: nothing survives a restart. What other stores did in a
 * step that fails is not undone.
 */
public final class InMemoryAuditStore implements AuditStore {

    private final ReentrantLock steps = new ReentrantLock();
    private List<AuditEntry> entries = new ArrayList<>();
    private AuditHead head = AuditHead.NONE;

    public InMemoryAuditStore() {}

    /** One step at a time. */
    @Override
    public <R> R inTransaction(Supplier<R> step) {
        return locked(() -> {
            var entriesBefore = new ArrayList<>(entries);
            AuditHead headBefore = head;
            boolean done = false;
            try {
                R result = step.get();
                done = true;
                return result;
            } finally {
                if (!done) {
                    entries = entriesBefore;
                    head = headBefore;
                }
            }
        });
    }

    @Override
    public AuditHead lockHead() {
        return head();
    }

    @Override
    public long last() {
        return locked(
                () -> entries.isEmpty() ? 0 : entries.get(entries.size() - 1).number());
    }

    @Override
    public void append(List<AuditEntry> added, AuditHead newHead) {
        locked(() -> {
            head = newHead;
            return entries.addAll(added);
        });
    }

    @Override
    public AuditHead head() {
        return locked(() -> head);
    }

    @Override
    public List<AuditEntry> after(long number, int limit) {
        return locked(() -> some(entries, entry -> entry.number() > number, limit));
    }

    @Override
    public List<AuditEntry> newest(@Nullable String accountId, long before, int limit) {
        return locked(() -> {
            var newestFirst = new ArrayList<>(entries);
            Collections.reverse(newestFirst);
            return some(
                    newestFirst,
                    entry -> entry.number() < before
                            && (accountId == null
                                    || accountId.equals(entry.event().accountId())),
                    limit);
        });
    }

    @Override
    public List<AuditEntry> ofType(String type) {
        return locked(() -> entries.stream()
                .filter(entry -> entry.event().type().equals(type))
                .toList());
    }

    @Override
    public int erase(String accountId) {
        return locked(() -> {
            int erased = 0;
            for (int i = 0; i < entries.size(); i++) {
                AuditEntry entry = entries.get(i);
                if (accountId.equals(entry.event().accountId()) && !entry.isErased()) {
                    entries.set(i, withoutDetails(entry));
                    erased++;
                }
            }
            return erased;
        });
    }

    @Override
    public void remove(long through) {
        locked(() -> entries.removeIf(entry -> entry.number() <= through));
    }

    private <R> R locked(Supplier<R> work) {
        steps.lock();
        try {
            return work.get();
        } finally {
            steps.unlock();
        }
    }

    private static AuditEntry withoutDetails(AuditEntry entry) {
        return new AuditEntry(entry.number(), entry.event().with(Map.of()), null, entry.blinded(), entry.tag());
    }

    private static List<AuditEntry> some(List<AuditEntry> from, Predicate<AuditEntry> wanted, int limit) {
        return from.stream().filter(wanted).limit(limit).toList();
    }
}
