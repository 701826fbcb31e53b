// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What happened, in order and for good. Each entry is tagged together with the tag before it, under a key that is not in
 * the database; so whoever can write to the database can neither change an entry nor take one out unseen. Thread safe.
 *
 * <pre>{@code
 * trail.recording(recorder -> {
 *     accounts.grantRole(id, "support");
 *     recorder.record(new AuditEvent("role.granted", id, admin, null, Map.of("role", "support"), now));
 *     return null;
 * });
 * AuditVerification found = trail.verify();
 * }</pre>
 *
 * Entries are numbered without a gap, so transactions that record wait for each other, from their first record to their
 * end. What an entry says in its details can be erased later, and the chain stays whole.
 *
 * <p>Whoever restores an older copy of the whole database cuts off the trail's end, which nothing inside the database
 * can show: keep {@link #head} somewhere else from time to time, in the log for example, and look for it again.
 */
public final class AuditTrail {

    /** Takes the events of one step. */
    @FunctionalInterface
    public interface Recorder {
        void record(AuditEvent event);
    }

    private final AuditStore store;
    private final AuditChain chain;

    public AuditTrail(AuditStore store, ServerSecret secret, SecureRandom random) {
        this.store = store;
        this.chain = new AuditChain(secret, random);
    }

    /**
     * Runs a step and keeps what it records: the step's changes in the trail's own database and its records are both
     * there afterwards, or neither. What the step throws undoes both and is thrown on.
     */
    public <R> R recording(Function<Recorder, R> step) {
        return store.inTransaction(() -> {
            var recorded = new ArrayList<AuditEvent>();
            R result = step.apply(recorded::add);
            append(recorded);
            return result;
        });
    }

    /** Keeps an event of which nothing else has to be undone. */
    public void record(AuditEvent event) {
        recording(recorder -> {
            recorder.record(event);
            return event;
        });
    }

    /**
     * Entries, the newest first.
     *
     * @param accountId of this account alone, or of all
     * @param before those with a smaller number than this; {@link Long#MAX_VALUE} for the newest of all
     */
    public List<AuditEntry> newest(@Nullable String accountId, long before, int limit) {
        return store.newest(accountId, before, limit);
    }

    /** Number and tag of the newest entry. */
    public AuditHead head() {
        return store.head();
    }

    /**
     * Erases the details of all that concerns an account, as its owner may demand (GDPR article 17), and records that
     * this was done. The entries themselves stay, and so does the chain.
     */
    public void erase(String accountId, @Nullable String actorId, Instant at) {
        recording(recorder -> {
            int erased = store.erase(accountId);
            recorder.record(new AuditEvent(
                    AuditEvents.ERASED, accountId, actorId, null, Map.of("entries", Integer.toString(erased)), at));
            return erased;
        });
    }

    /** Looks at every entry and names the first that was changed, deleted, moved or added. Reads the whole trail. */
    public AuditVerification verify() {
        return new AuditCheck(store, chain).run();
    }

    private void append(List<AuditEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        AuditHead head = store.lockHead();
        var entries = new ArrayList<AuditEntry>(events.size());
        for (AuditEvent event : events) {
            AuditEntry entry = chain.next(head, event);
            entries.add(entry);
            head = chain.head(entry.number(), entry.tag());
        }
        store.append(entries, head);
    }
}
