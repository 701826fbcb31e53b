// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One look at the trail, from its first entry, or one that began it anew, to its head. Used once. */
final class AuditCheck {

    private static final int AT_ONCE = 1_000;

    private final AuditStore store;
    private final List<ChainKey> accepted;
    private final long start;
    private final long excused;

    /** The last entry without details of each account, until its erasure is met. */
    private final Map<@Nullable String, Long> erased = new HashMap<>();

    private long number;
    private byte[] tag = AuditHead.NONE.tag();

    private AuditCheck(AuditStore store, List<ChainKey> accepted, long start, long excused) {
        this.store = store;
        this.accepted = accepted;
        this.start = start;
        this.excused = excused;
        this.number = start - 1;
    }

    static AuditCheck ofAll(AuditStore store, List<ChainKey> accepted) {
        return new AuditCheck(store, accepted, 1, 0);
    }

    /** From where the trail was begun anew. */
    static AuditCheck from(long broken, AuditStore store, List<ChainKey> accepted) {
        return new AuditCheck(store, accepted, broken, broken);
    }

    /** Whether the details are those that the tag covers. */
    static boolean hasItsDetails(AuditEntry entry) {
        byte[] salt = entry.salt();
        return salt != null
                && MessageDigest.isEqual(
                        entry.blinded(), AuditChain.blinded(salt, entry.event().details()));
    }

    /** The head is read first: what is recorded meanwhile comes after it and is left to the next look. */
    AuditVerification run() {
        AuditHead head = store.head();
        Optional<ChainKey> sealing =
                accepted.stream().filter(key -> key.hasSealed(head)).findFirst();
        if (sealing.isEmpty()) {
            return new Broken(head.number(), Fault.HEAD_CHANGED, "the head's seal does not fit the head");
        }
        KeySpans spans = KeySpans.of(store, accepted, sealing.get(), start, head.number(), excused);
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
                Optional<Broken> fault = check(entry, spans);
                if (fault.isPresent()) {
                    // Nothing fits where an unknown secret was in use: what broke off there says more.
                    return number < start && spans.nextBreak() > 0 ? brokenOff(spans.nextBreak()) : fault.get();
                }
                number = entry.number();
                tag = entry.tag();
                read = number;
            }
        }
        return end(head);
    }

    private Optional<Broken> check(AuditEntry entry, KeySpans spans) {
        long place = number + 1;
        if (entry.number() < place) {
            return Optional.of(added(entry.number(), "before the first"));
        }
        List<ChainKey> keys = spans.at(place);
        if (place == spans.nextBreak() && follows(AuditHead.NONE.tag(), place, entry, keys)) {
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

    private AuditVerification end(AuditHead head) {
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
