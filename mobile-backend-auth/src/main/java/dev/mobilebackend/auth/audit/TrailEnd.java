// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a trail goes on, damaged or not, under whichever key it has come to. Thread safe. */
final class TrailEnd {

    private static final Logger LOG = LoggerFactory.getLogger(TrailEnd.class);

    private final AuditStore store;
    private final List<ChainKey> keys;
    private final SecureRandom random;

    /** Once another instance has gone on from the current key to one that is accepted here. */
    private volatile boolean succeeded;

    TrailEnd(AuditStore store, ServerSecret secret, SecureRandom random) {
        this.store = store;
        this.keys = ChainKey.of(secret);
        this.random = random;
    }

    /** What entries may be tagged with, the current one first. */
    List<ChainKey> keys() {
        return keys;
    }

    static AuditEvent own(String type, Map<String, String> details, Instant at) {
        return new AuditEvent(type, null, null, null, details, at);
    }

    /** Makes the first entry of a trail that has nothing yet; within a transaction. */
    boolean begin(Instant at) {
        boolean isNew = store.lockHead().equals(AuditHead.NONE) && store.last() == 0;
        if (isNew) {
            new AuditWriter(keys.get(0), 0, AuditHead.NONE.tag(), random)
                    .add(own(AuditEvents.TRAIL_BEGUN, Map.of(), at))
                    .writeTo(store);
        }
        return isNew;
    }

    /** Adds what a step has recorded, in its order; within the step's transaction, and nothing is locked after it. */
    void append(List<AuditEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        AuditWriter writer = writer(events.get(0).at());
        var told = new ArrayList<>(events);
        for (int i = 0; i < told.size(); i++) {
            if (told.get(i).type().equals(AuditEvents.ERASED)) {
                erase(told, i);
            }
        }
        told.forEach(writer::add);
        writer.writeTo(store);
    }

    /**
     * Erases the details of what is there of an account and of what the step has recorded of it before, and says in the
     * record of the erasure how many entries had any.
     */
    private void erase(List<AuditEvent> events, int place) {
        AuditEvent erasure = events.get(place);
        String accountId = requireNonNull(erasure.accountId());
        var details = new HashMap<>(erasure.details());
        details.put("entries", Integer.toString(store.erase(accountId)));
        events.set(place, erasure.with(details));
        for (int i = 0; i < place; i++) {
            AuditEvent before = events.get(i);
            if (accountId.equals(before.accountId()) && !Circumstances.OF_THE_FORGOTTEN.contains(before.type())) {
                events.set(i, before.with(Map.of()));
            }
        }
    }

    /** Locks the end, which may be there or not, and goes on from it. */
    AuditWriter writer(Instant at) {
        AuditHead head = store.lockHead();
        long last = store.last();
        Optional<ChainKey> sealing =
                keys.stream().filter(key -> key.hasSealed(head)).findFirst();
        if (sealing.isEmpty() || last > head.number()) {
            return anew(head, last, at);
        }
        ChainKey current = keys.get(0);
        if (sealing.get() == current || isSucceeded()) {
            return new AuditWriter(sealing.get(), head.number(), head.tag(), random);
        }
        LOG.info("the audit trail goes on under another server secret from entry {} on", head.number() + 1);
        Map<String, String> succession =
                Map.of("from", sealing.get().id(), "to", current.id(), "key", current.wrap(sealing.get(), random));
        return new AuditWriter(current, head.number(), head.tag(), random)
                .add(own(AuditEvents.SECRET_CHANGED, succession, at));
    }

    /**
     * Whoever records must not be stopped by a damaged trail, nor vouch for it: so it breaks off, to be seen for ever.
     */
    private AuditWriter anew(AuditHead head, long last, Instant at) {
        LOG.error(
                "the audit trail was damaged: its head, of entry {}, is not one that this application has sealed under a"
                        + " server secret that it has, or is not at the end, entry {}; it goes on after a mark of that",
                head.number(),
                last);
        Map<String, String> found = Map.of("head", Long.toString(head.number()), "last", Long.toString(last));
        return new AuditWriter(keys.get(0), last, AuditHead.NONE.tag(), random)
                .add(own(AuditEvents.TRAIL_BROKEN, found, at));
    }

    /**
     * Whether the trail has left the current key behind, as it does while the instances of an application get another
     * secret one by one: then those that have the old one in front still follow.
     */
    private boolean isSucceeded() {
        if (!succeeded) {
            String current = keys.get(0).id();
            succeeded = store.ofType(AuditEvents.SECRET_CHANGED).stream()
                    .filter(entry -> current.equals(entry.event().details().get("from")))
                    .anyMatch(this::isOurs);
        }
        return succeeded;
    }

    private boolean isOurs(AuditEntry entry) {
        return AuditCheck.hasItsDetails(entry)
                && store.after(entry.number() - 2, 1).stream().anyMatch(before -> keys.stream()
                        .anyMatch(key -> key.hasTagged(before.tag(), entry.number(), entry)));
    }

    /**
     * The last entry that may leave the trail: the record of a secret that is accepted still, and the entry before it,
     * show that the trail has left that secret behind.
     */
    long mayLeave() {
        return store.ofType(AuditEvents.SECRET_CHANGED).stream()
                .filter(change -> keys.stream().anyMatch(key -> key.id()
                        .equals(change.event().details().get("from"))))
                .mapToLong(change -> change.number() - 2)
                .min()
                .orElse(Long.MAX_VALUE);
    }
}
