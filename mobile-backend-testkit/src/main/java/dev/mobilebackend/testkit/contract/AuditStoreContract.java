// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditHead;
import dev.mobilebackend.auth.audit.AuditStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link AuditStore} does: extend it, hand in a store, and run it beside your own tests.
 *
 * <pre>{@code
 * class MyAuditStoreTest extends AuditStoreContract {
 *     protected AuditStore store() {
 *         return new MyAuditStore(dataSource);
 *     }
 * }
 * }</pre>
 */
public abstract class AuditStoreContract {

    private static final Instant AT = Instant.parse("2026-03-01T08:00:00.123456Z");
    private static final AtomicLong COUNT = new AtomicLong();

    private String account;

    protected AuditStoreContract() {}

    /** The store to test; entries of other tests may be in it. */
    protected abstract AuditStore store();

    @BeforeEach
    void anotherAccount() {
        account = "account-" + COUNT.incrementAndGet();
    }

    @Test
    void findsWhatWasAppendedAsItWas() {
        AuditEntry entry =
                append(event("sign-in.failed", Map.of("client", "192.0.2.0/24", "note", "\u00fc \"'\\ \ud83d\udcf1")));
        AuditEntry bare = append(new AuditEvent("job.ran", null, null, null, Map.of(), AT));

        assertEquals(List.of(entry, bare), store().after(entry.number() - 1, 2));
        assertEquals(List.of(entry), store().newest(account, Long.MAX_VALUE, 10));
        assertEquals(bare, store().newest(null, Long.MAX_VALUE, 1).get(0));
    }

    @Test
    void theHeadIsTheOneThatWasAppendedLast() {
        AuditEntry entry = append(event("sign-in.failed", Map.of()));

        assertEquals(head(entry), store().head());
        assertEquals(head(entry), store().inTransaction(store()::lockHead));
    }

    @Test
    void pagesFromTheNewestToTheFirst() {
        AuditEntry first = append(event("first", Map.of()));
        AuditEntry second = append(event("second", Map.of()));
        AuditEntry third = append(event("third", Map.of()));

        assertEquals(List.of(third, second), store().newest(account, Long.MAX_VALUE, 2));
        assertEquals(List.of(first), store().newest(account, second.number(), 2));
    }

    @Test
    void keepsNothingOfAStepThatFails() {
        AuditHead before = store().head();

        assertThrows(IllegalStateException.class, () -> store().inTransaction(() -> {
            append(event("never", Map.of()));
            throw new IllegalStateException("the step failed");
        }));

        assertEquals(before, store().head());
        assertEquals(List.of(), store().newest(account, Long.MAX_VALUE, 10));
    }

    @Test
    void erasesTheDetailsOfOneAccountAndNothingElse() {
        AuditEntry erased = append(event("sign-in.failed", Map.of("client", "192.0.2.0/24")));
        AuditEntry others = append(new AuditEvent(
                "sign-in.failed", account + "-other", null, null, Map.of("client", "198.51.100.0/24"), AT));

        assertEquals(1, store().erase(account));
        assertEquals(0, store().erase(account));

        AuditEntry found = store().after(erased.number() - 1, 1).get(0);
        assertTrue(found.isErased());
        assertEquals(Map.of(), found.event().details());
        assertEquals(new AuditEntry(erased.number(), found.event(), null, erased.blinded(), erased.tag()), found);
        assertEquals(List.of(others), store().after(erased.number(), 1));
    }

    @Test
    void theLastIsTheOneWithTheLargestNumber() {
        AuditEntry last = append(event("last", Map.of()));

        assertEquals(last.number(), store().last());
    }

    @Test
    void findsAllOfAType() {
        String type = "of." + account;
        AuditEntry first = append(event(type, Map.of("turn", "1")));
        append(event("of.another", Map.of()));
        AuditEntry second = append(event(type, Map.of("turn", "2")));

        assertEquals(List.of(first, second), store().ofType(type));
    }

    @Test
    void removesWhatStandsUpToANumber() {
        append(event("first", Map.of()));
        AuditEntry second = append(event("second", Map.of()));
        AuditEntry third = append(event("third", Map.of()));

        store().remove(second.number());

        assertEquals(List.of(third), store().after(0, 10));
        assertEquals(head(third), store().head());
    }

    @Test
    void keepsWhatAStepThatFailsHasRemoved() {
        AuditEntry entry = append(event("first", Map.of()));

        assertThrows(IllegalStateException.class, () -> store().inTransaction(() -> {
            store().remove(entry.number());
            throw new IllegalStateException("the step failed");
        }));

        assertEquals(List.of(entry), store().after(entry.number() - 1, 1));
    }

    @Test
    void stepsAtOnceDoNotSeeTheSameHead() {
        AuditHead before = store().head();

        Race.of(8, () -> append(event("at.once", Map.of())));

        List<AuditEntry> entries = store().newest(account, Long.MAX_VALUE, 10);
        assertEquals(8, entries.size());
        assertEquals(before.number() + 8, store().head().number());
    }

    private AuditEntry append(AuditEvent event) {
        return store().inTransaction(() -> {
            AuditHead head = store().lockHead();
            byte[] some = {1, 2, (byte) head.number()};
            var entry = new AuditEntry(
                    head.number() + 1, event, some, new byte[] {4, 5}, new byte[] {6, (byte) head.number()});
            store().append(List.of(entry), head(entry));
            return entry;
        });
    }

    private AuditEvent event(String type, Map<String, String> details) {
        return new AuditEvent(type, account, "actor", "session", details, AT);
    }

    private static AuditHead head(AuditEntry entry) {
        return new AuditHead(entry.number(), entry.tag(), new byte[] {7});
    }
}
