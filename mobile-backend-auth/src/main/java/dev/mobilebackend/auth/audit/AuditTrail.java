// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * Entries are numbered without a gap, so transactions that record wait for each other, from their first record to their
 * end. What an entry says in its details can be erased later, and the chain stays whole.
 *
 * <p>Whoever can write to the database, but does not have the server secret, can neither change, add, move nor delete
 * an entry unseen, nor cut off the end, but for one thing: put entries and head back to what they had copied before,
 * such as from a backup. Only somebody outside can notice that: keep {@link #head} elsewhere, where a log is written
 * for example, and hand it to {@link #verify(AuditHead)}.
 *
 * <p>A damaged end stops nobody: an entry of type {@link AuditEvents#TRAIL_BROKEN} says so, the step's own come after
 * it, and {@link #verify()} reports that entry from then on.
 */
public final class AuditTrail {

    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

    /** Types that mean something to the trail itself. */
    private static final String RESERVED = "audit.";

    /** What surrounds the step that a thread is in. */
    private static final ThreadLocal<@Nullable Circumstances> AROUND = new ThreadLocal<>();

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
    private final List<ChainKey> keys;
    private final SecureRandom random;

    /** Once another instance has gone on from the current key to one that is accepted here. */
    private volatile boolean succeeded;

    public AuditTrail(AuditStore store, ServerSecret secret, SecureRandom random) {
        this.store = store;
        this.keys = ChainKey.of(secret);
        this.random = random;
    }

    /**
     * Makes the first entry, unless there is one. To be called where everything is new, as when the first signing key
     * is made, and not later: a trail that is gone then shows.
     */
    public void begin(Instant at) {
        store.inTransaction(() -> {
            boolean isNew = store.lockHead().equals(AuditHead.NONE) && store.last() == 0;
            if (isNew) {
                new AuditWriter(keys.get(0), 0, AuditHead.NONE.tag(), random)
                        .add(own(AuditEvents.TRAIL_BEGUN, Map.of(), at))
                        .writeTo(store);
            }
            return isNew;
        });
    }

    /**
     * Runs a step and keeps what it records: the step's changes in the trail's own database and its records are both
     * there afterwards, or neither. What the step throws undoes both and is thrown on.
     */
    public <R> R recording(Function<Recorder, R> step) {
        return store.inTransaction(() -> {
            var recorded = new ArrayList<AuditEvent>();
            R result = step.apply(event -> recorded.add(completed(notReserved(event))));
            append(recorded);
            return result;
        });
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
     * this was done. The entries themselves stay, and so does the chain.
     */
    public void erase(String accountId, @Nullable String actorId, Instant at) {
        store.inTransaction(() -> {
            int erased = store.erase(accountId);
            append(List.of(completed(new AuditEvent(
                    AuditEvents.ERASED, accountId, actorId, null, Map.of("entries", Integer.toString(erased)), at))));
            return erased;
        });
    }

    /** Looks at every entry and names the first that was changed, deleted, moved or added. Reads the whole trail. */
    public AuditVerification verify() {
        return looked(() -> AuditCheck.ofAll(store, keys));
    }

    /** The same, and whether a head is of this trail that was kept elsewhere; with or without its seal. */
    public AuditVerification verify(AuditHead kept) {
        AuditVerification found = verify();
        boolean holds = store.after(kept.number() - 1, 1).stream()
                .anyMatch(entry -> entry.number() == kept.number() && Arrays.equals(entry.tag(), kept.tag()));
        return found instanceof Whole && !holds
                ? new Broken(
                        kept.number(), Fault.CUT_OFF, "entry " + kept.number() + " is not the one whose head was kept")
                : found;
    }

    /**
     * Looks at an entry of type {@link AuditEvents#TRAIL_BROKEN} and what comes after it, for those who have looked
     * into what happened before.
     */
    public AuditVerification verifyFrom(long broken) {
        return looked(() -> AuditCheck.from(broken, store, keys));
    }

    /** Once more where something was recorded meanwhile, such as the erasure of details that were found missing. */
    private AuditVerification looked(Supplier<AuditCheck> check) {
        long end = store.head().number();
        AuditVerification found = check.get().run();
        return found instanceof Broken && store.head().number() != end
                ? check.get().run()
                : found;
    }

    private void append(List<AuditEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        AuditWriter writer = writer(events.get(0).at());
        events.forEach(writer::add);
        writer.writeTo(store);
    }

    /** Goes on from the end of the trail, which may be there or not, under whichever key it has come to. */
    private AuditWriter writer(Instant at) {
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

    private AuditEvent completed(AuditEvent event) {
        Circumstances circumstances = AROUND.get();
        return circumstances == null ? event : circumstances.complete(event);
    }

    private static AuditEvent own(String type, Map<String, String> details, Instant at) {
        return new AuditEvent(type, null, null, null, details, at);
    }

    private static AuditEvent notReserved(AuditEvent event) {
        if (event.type().startsWith(RESERVED)) {
            throw new IllegalArgumentException("type must not begin with " + RESERVED
                    + ", which is the trail's own, was '" + event.type() + "': take another word");
        }
        return event;
    }
}
