// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happened, in order and for good. Each entry is tagged together with the tag before it, and the end is sealed,
 * under a key that is not in the database. Thread safe.
 *
 * <pre>{@code
 * trail.recording(recorder -> {
 *     orders.refund(orderId);
 *     recorder.record(new AuditEvent("order.refunded", customer, staff, null, Map.of("order", orderId), now));
 *     return orderId;
 * });
 * AuditVerification found = trail.verify();
 * }</pre>
 *
 * Entries are numbered without a gap, so transactions that record wait for each other, from the end of their step to
 * their own. What an entry says in its details can be erased later, and the chain stays whole.
 *
 * <p>Whoever can write to the database, but does not have the server secret, can neither change, add, move nor delete
 * an entry unseen, nor cut off the end, but for two things: put entries and head back to what they had copied before,
 * such as from a backup, and delete all of them together with the signing keys, so that the next start begins a new
 * trail. Only somebody outside can notice that: keep {@link #head} elsewhere, where a log is written for example, and
 * hand it to {@link #verify(AuditHead)}.
 *
 * <p>A damaged end stops nobody: an entry of type {@link AuditEvents#TRAIL_BROKEN} says so, the step's own come after
 * it, and {@link #verify()} reports that entry from then on.
 */
public final class AuditTrail {

    /** Types that mean something to the trail itself. */
    private static final String RESERVED = "audit.";

    /** So few that a trail that is damaged, and recorded to all the time, is not looked at for ever. */
    private static final int LOOKS = 3;

    /** What surrounds the step that a thread is in. */
    private static final ThreadLocal<@Nullable Circumstances> AROUND = new ThreadLocal<>();

    /** What the steps that a thread is in have recorded so far; those of one trail are one transaction. */
    private static final ThreadLocal<Map<AuditTrail, List<AuditEvent>>> RECORDED =
            ThreadLocal.withInitial(HashMap::new);

    /** Takes the events of one step. */
    @FunctionalInterface
    public interface Recorder {

        /**
         * Keeps an event, once the step has come to its end.
         *
         * @throws IllegalArgumentException if the type begins with {@code audit.}: those are the trail's own
         */
        void record(AuditEvent event);
    }

    private final AuditStore store;
    private final TrailEnd end;

    public AuditTrail(AuditStore store, ServerSecret secret, SecureRandom random) {
        this.store = requireNonNull(store, "store must not be null: such as JdbiAuditStore.of(database)");
        requireNonNull(secret, "secret must not be null: it seals the trail");
        requireNonNull(random, "random must not be null: such as new SecureRandom()");
        this.end = new TrailEnd(store, secret, random);
    }

    /**
     * Makes the first entry, unless there is one. To be called where everything is new, as when the first signing key
     * is made, and not later: a trail that is gone then shows.
     */
    public void begin(Instant at) {
        store.inTransaction(() -> end.begin(at));
    }

    /**
     * Runs a step and keeps what it records: the step's changes in the trail's own database and its records are both
     * there afterwards, or neither. What the step throws undoes both and is thrown on.
     *
     * <p>A step within a step is part of it: what both have recorded is kept where the outer one ends. So a step locks
     * its rows first and the trail's end last, and steps cannot lock each other out over the two.
     */
    public <R> R recording(Function<Recorder, R> step) {
        return collecting(events -> step.apply(event -> events.add(completed(notReserved(event)))));
    }

    /** Runs a step on this thread; what it records is completed by what surrounds it. */
    public <R> R during(Circumstances circumstances, Supplier<R> step) {
        Circumstances before = AROUND.get();
        AROUND.set(circumstances);
        try {
            return step.get();
        } finally {
            if (before == null) {
                AROUND.remove();
            } else {
                AROUND.set(before);
            }
        }
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
     * this was done. The entries themselves stay, and so does the chain. Within a step this is done where the step ends,
     * and includes what the step has recorded before.
     */
    public void erase(String accountId, @Nullable String actorId, Instant at) {
        var erasure = new AuditEvent(AuditEvents.ERASED, accountId, actorId, null, Map.of(), at);
        collecting(events -> events.add(completed(erasure)));
    }

    /**
     * Hands the entries that are older than a time to an archive, in their order, and removes them once it has them;
     * says how many. Stops at the first that is not older. What is left goes on from a sealed record of this, and can
     * be verified as before. Not within a step, and of instances that do this at once one does it.
     *
     * <p>The record of a change of the server secret stays, with all after it, while the secret before is still
     * accepted.
     *
     * @throws IllegalStateException if the trail is not whole; nothing has been removed
     */
    public long archive(Instant olderThan, AuditArchive archive, Instant now) {
        requireNonNull(olderThan, "olderThan must not be null: what is older leaves the trail");
        requireNonNull(archive, "archive must not be null: it takes what leaves the trail");
        requireNonNull(now, "now must not be null: the record of this says when it was");
        if (verify() instanceof Broken broken) {
            throw new IllegalStateException("a trail must be whole to be archived, but " + broken.detail()
                    + ": keep a copy of the database and find out by whom");
        }
        return new Archiving(store, end, archive).upTo(olderThan, now);
    }

    /** Looks at every entry and names the first that was changed, deleted, moved or added. Reads the whole trail. */
    public AuditVerification verify() {
        return looked(() -> AuditCheck.ofAll(store, end.keys()));
    }

    /**
     * The same, and whether a head is of this trail that was kept elsewhere; with or without its seal.
     *
     * @throws IllegalArgumentException if its entry has left the trail for the archive
     */
    public AuditVerification verify(AuditHead kept) {
        requireNonNull(kept, "kept must not be null: without a head that was kept elsewhere, call verify()");
        AuditVerification found = verify();
        AuditHead left = AuditCheck.left(store, store.head());
        if (found instanceof Whole && kept.number() < left.number()) {
            throw new IllegalArgumentException("kept must be of an entry of the trail, was of entry " + kept.number()
                    + ", and those up to " + left.number() + " are archived: take a later head");
        }
        return found instanceof Whole && !isThere(kept, left)
                ? new Broken(
                        kept.number(), Fault.CUT_OFF, "entry " + kept.number() + " is not the one whose head was kept")
                : found;
    }

    private boolean isThere(AuditHead kept, AuditHead left) {
        return kept.number() == left.number()
                ? Arrays.equals(kept.tag(), left.tag())
                : store.after(kept.number() - 1, 1).stream()
                        .anyMatch(entry -> entry.number() == kept.number() && Arrays.equals(entry.tag(), kept.tag()));
    }

    /**
     * Looks at an entry of type {@link AuditEvents#TRAIL_BROKEN} and what comes after it, for those who have looked
     * into what happened before.
     */
    public AuditVerification verifyFrom(long broken) {
        return looked(() -> AuditCheck.from(broken, store, end.keys()));
    }

    /**
     * Again where something was recorded meanwhile, such as the erasure of details that were found missing, or that
     * entries left for the archive.
     */
    private AuditVerification looked(Supplier<AuditCheck> check) {
        AuditVerification found;
        long number;
        int looks = 0;
        do {
            number = store.head().number();
            found = check.get().run();
            looks++;
        } while (found instanceof Broken && looks < LOOKS && store.head().number() != number);
        return found;
    }

    /** In one transaction with what is around it; what is collected is kept by the outermost. */
    private <R> R collecting(Function<List<AuditEvent>, R> step) {
        Map<AuditTrail, List<AuditEvent>> recorded = RECORDED.get();
        List<AuditEvent> ofTheOuter = recorded.get(this);
        if (ofTheOuter != null) {
            return step.apply(ofTheOuter);
        }
        return store.inTransaction(() -> {
            var events = new ArrayList<AuditEvent>();
            recorded.put(this, events);
            R result;
            try {
                result = step.apply(events);
            } finally {
                recorded.remove(this);
            }
            end.append(events);
            return result;
        });
    }

    private AuditEvent completed(AuditEvent event) {
        Circumstances circumstances = AROUND.get();
        return circumstances == null ? event : circumstances.complete(event);
    }

    private static AuditEvent notReserved(AuditEvent event) {
        requireNonNull(event, "event must not be null: what happened");
        if (event.type().startsWith(RESERVED)) {
            throw new IllegalArgumentException("type must not begin with " + RESERVED
                    + ", which is the trail's own, was '" + event.type() + "': take another word");
        }
        return event;
    }
}
