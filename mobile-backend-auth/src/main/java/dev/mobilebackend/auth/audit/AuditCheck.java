// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One look at the trail, to its head from its first entry, the one after those that are archived, or one that began it
 * anew. Used once.
 */
final class AuditCheck {

    private static final int AT_ONCE = 1_000;

    private final AuditStore store;
    private final AuditHead head;
    private final Optional<KeySpans> spans;
    private final long start;
    private final long excused;

    /** The last entry without details of each account, until its erasure is met. */
    private final Map<@Nullable String, Long> erased = new HashMap<>();

    private long number;
    private byte[] tag;

    private AuditCheck(AuditStore store, List<ChainKey> accepted, AuditHead head, AuditHead before, long excused) {
        this.store = store;
        this.head = head;
        this.start = before.number() + 1;
        this.excused = excused;
        this.number = before.number();
        this.tag = before.tag();
        this.spans = accepted.stream()
                .filter(key -> key.hasSealed(head))
                .findFirst()
                .map(sealing -> KeySpans.of(store, accepted, sealing, start, head.number(), excused));
    }

    /** The head is read first: what is recorded meanwhile comes after it and is left to the next look. */
    static AuditCheck ofAll(AuditStore store, List<ChainKey> accepted) {
        AuditHead head = store.head();
        return new AuditCheck(store, accepted, head, left(store, head), 0);
    }

    /** From where the trail was begun anew. */
    static AuditCheck from(long broken, AuditStore store, List<ChainKey> accepted) {
        var before = new AuditHead(broken - 1, AuditHead.NONE.tag(), AuditHead.NONE.seal());
        return new AuditCheck(store, accepted, store.head(), before, broken);
    }

    /**
     * The last entry that has left for the archive, as its record says, or nothing where the first entry is there. The
     * record is one of those that are looked at afterwards: whoever has forged one has broken the chain there.
     */
    static AuditHead left(AuditStore store, AuditHead head) {
        if (store.after(0, 1).stream().anyMatch(entry -> entry.number() == 1)) {
            return AuditHead.NONE;
        }
        return store.ofType(AuditEvents.ARCHIVED).stream()
                .filter(record -> record.number() <= head.number())
                .flatMap(record -> AuditHead.tryParse(record.event().details().get("through"))
                        .filter(through -> through.number() < record.number())
                        .stream())
                .max(Comparator.comparingLong(AuditHead::number))
                .orElse(AuditHead.NONE);
    }

    /** Whether the details are those that the tag covers. */
    static boolean hasItsDetails(AuditEntry entry) {
        byte[] salt = entry.salt();
        return salt != null
                && MessageDigest.isEqual(
                        entry.blinded(), AuditChain.blinded(salt, entry.event().details()));
    }

    AuditVerification run() {
        return spans.map(this::run)
                .orElseGet(
                        () -> new Broken(head.number(), Fault.HEAD_CHANGED, "the head's seal does not fit the head"));
    }

    /**
     * The entries that come next, each looked at, up to a number and to the first that is not older than a time.
     *
     * @throws IllegalStateException if one is not as it was recorded
     */
    List<AuditEntry> next(Instant olderThan, long through) {
        var older = new ArrayList<AuditEntry>();
        for (AuditEntry entry : store.after(number, AT_ONCE)) {
            if (entry.number() > Math.min(through, head.number())
                    || !entry.event().at().isBefore(olderThan)) {
                break;
            }
            Optional<Broken> fault = check(entry, spans.orElseThrow());
            if (fault.isPresent()) {
                throw new IllegalStateException("the trail was damaged while it was archived: "
                        + fault.get().detail());
            }
            passed(entry);
            older.add(entry);
        }
        return older;
    }

    private AuditVerification run(KeySpans known) {
        // Below every number that there may be: who adds entries may begin anywhere.
        long read = excused == 0 ? Long.MIN_VALUE : number;
        while (number < head.number()) {
            List<AuditEntry> entries = store.after(read, AT_ONCE);
            if (entries.isEmpty()) {
                return deleted(number + 1);
            }
            for (AuditEntry entry : entries) {
                if (number == head.number()) {
                    break;
                }
                Optional<Broken> fault = check(entry, known);
                if (fault.isPresent()) {
                    // Nothing fits where an unknown secret was in use: what broke off there says more.
                    return number < start && known.nextBreak() > 0 ? brokenOff(known.nextBreak()) : fault.get();
                }
                passed(entry);
                read = number;
            }
        }
        return end();
    }

    private void passed(AuditEntry entry) {
        number = entry.number();
        tag = entry.tag();
    }

    private Optional<Broken> check(AuditEntry entry, KeySpans known) {
        long place = number + 1;
        if (entry.number() < place) {
            return Optional.of(added(entry.number(), "before the first"));
        }
        List<ChainKey> keys = known.at(place);
        if (place == known.nextBreak() && follows(AuditHead.NONE.tag(), place, entry, keys)) {
            return Optional.of(brokenOff(place));
        }
        if (!follows(tag, place, entry, keys)) {
            return Optional.of(misplaced(place, entry, keys));
        }
        if (entry.number() != place) {
            return Optional.of(moved(place, entry.number()));
        }
        if (isDamaged(entry)) {
            return Optional.of(new Broken(place, Fault.CHANGED, "entry " + place + " has other details"));
        }
        if (entry.isErased()) {
            erased.put(entry.event().accountId(), place);
        }
        if (entry.event().type().equals(AuditEvents.ERASED)) {
            erased.remove(entry.event().accountId());
        }
        return Optional.empty();
    }

    /** Erased details are gone, and others are those that were recorded. */
    private static boolean isDamaged(AuditEntry entry) {
        return entry.isErased() ? !entry.event().details().isEmpty() : !hasItsDetails(entry);
    }

    private static boolean follows(byte[] tagBefore, long place, AuditEntry entry, List<ChainKey> keys) {
        return keys.stream().anyMatch(key -> key.hasTagged(tagBefore, place, entry));
    }

    /** The entry that stands here is not the one that was recorded here: that one may stand elsewhere. */
    private Broken misplaced(long place, AuditEntry found, List<ChainKey> keys) {
        long last = number;
        List<AuditEntry> entries = store.after(last, AT_ONCE);
        while (!entries.isEmpty()) {
            for (AuditEntry entry : entries) {
                if (follows(tag, place, entry, keys)) {
                    return moved(place, entry.number());
                }
                last = entry.number();
            }
            entries = store.after(last, AT_ONCE);
        }
        return found.number() == place
                ? new Broken(place, Fault.CHANGED, "entry " + place + " does not say what was recorded")
                : deleted(place);
    }

    private AuditVerification end() {
        if (!Arrays.equals(tag, head.tag())) {
            return new Broken(number, Fault.HEAD_CHANGED, "the head has another tag than entry " + number);
        }
        Optional<Long> unaccounted = erased.values().stream().min(Long::compare);
        if (unaccounted.isPresent()) {
            return new Broken(
                    unaccounted.get(),
                    Fault.CHANGED,
                    "entry " + unaccounted.get() + " has lost its details, and no erasure is recorded");
        }
        // Entries that were recorded since the head was read fit to it; any other was put there by somebody else.
        return store.after(number, 1).stream()
                .filter(entry -> store.head().number() == head.number())
                .findFirst()
                .<AuditVerification>map(entry -> added(entry.number(), "past the head"))
                .orElseGet(() -> new Whole(head));
    }

    private static Broken deleted(long place) {
        return new Broken(place, Fault.DELETED, "entry " + place + " is missing");
    }

    private static Broken moved(long place, long to) {
        return new Broken(place, Fault.MOVED, "entry " + place + " was moved to place " + to);
    }

    private static Broken added(long number, String where) {
        return new Broken(number, Fault.ADDED, "entry " + number + " is " + where);
    }

    private static Broken brokenOff(long place) {
        return new Broken(
                place, Fault.BROKEN_OFF, "the trail's end was found damaged when entry " + place + " was recorded");
    }
}
