// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One look at the whole trail, from its first entry to its head. Used once. */
final class AuditCheck {

    private static final int AT_ONCE = 1_000;

    private final AuditStore store;
    private final AuditChain chain;

    /** The last entry without details of each account, until its erasure is met. */
    private final Map<@Nullable String, Long> erased = new HashMap<>();

    private long number;
    private byte[] tag = AuditHead.NONE.tag();

    AuditCheck(AuditStore store, AuditChain chain) {
        this.store = store;
        this.chain = chain;
    }

    /** The head is read first: what is recorded meanwhile comes after it and is left to the next look. */
    AuditVerification run() {
        AuditHead head = store.head();
        if (!chain.isSealed(head)) {
            return new Broken(head.number(), Fault.HEAD_CHANGED, "the head's seal does not fit the head");
        }
        while (number < head.number()) {
            List<AuditEntry> entries = store.after(number, AT_ONCE);
            if (entries.isEmpty()) {
                return deleted(number + 1);
            }
            for (AuditEntry entry : entries) {
                if (number == head.number()) {
                    break;
                }
                Optional<Broken> fault = check(entry);
                if (fault.isPresent()) {
                    return fault.get();
                }
                number = entry.number();
                tag = entry.tag();
            }
        }
        return end(head);
    }

    private Optional<Broken> check(AuditEntry entry) {
        long place = number + 1;
        if (!chain.follows(tag, place, entry)) {
            return Optional.of(misplaced(place, entry));
        }
        if (entry.number() != place) {
            return Optional.of(moved(place, entry.number()));
        }
        if (entry.isErased()) {
            erased.put(entry.event().accountId(), place);
        } else if (!chain.hasItsDetails(entry)) {
            return Optional.of(new Broken(place, Fault.CHANGED, "entry " + place + " has other details"));
        }
        if (entry.event().type().equals(AuditEvents.ERASED)) {
            erased.remove(entry.event().accountId());
        }
        return Optional.empty();
    }

    /** The entry that stands here is not the one that was recorded here: that one may stand elsewhere. */
    private Broken misplaced(long place, AuditEntry found) {
        long last = number;
        List<AuditEntry> entries = store.after(last, AT_ONCE);
        while (!entries.isEmpty()) {
            for (AuditEntry entry : entries) {
                if (chain.follows(tag, place, entry)) {
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
                .<AuditVerification>map(entry ->
                        new Broken(entry.number(), Fault.ADDED, "entry " + entry.number() + " is past the head"))
                .orElseGet(() -> new Whole(head));
    }

    private static Broken deleted(long place) {
        return new Broken(place, Fault.DELETED, "entry " + place + " is missing");
    }

    private static Broken moved(long place, long to) {
        return new Broken(place, Fault.MOVED, "entry " + place + " was moved to place " + to);
    }
}
