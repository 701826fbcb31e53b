// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditTrail.Recorder;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.testkit.contract.Race;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** When a step's records are kept, and that of the steps within it. */
class RecordingOnDatabasesTest {

    @Nested
    class OnPostgres extends OnDatabase {
        OnPostgres() {
            super(Dialect.POSTGRESQL);
        }
    }

    @Nested
    class OnH2 extends OnDatabase {
        OnH2() {
            super(Dialect.H2);
        }
    }

    abstract static class OnDatabase extends TrailOnDatabase {

        OnDatabase(Dialect dialect) {
            super(dialect);
        }

        @Test
        void whatAnInnerStepRecordsIsKeptInItsPlaceWhereTheOuterOneEnds() {
            long before = trail().recording(outer -> {
                record(outer, "first");
                trail().recording(inner -> record(inner, "second"));
                long kept = trail().head().number();
                record(outer, "third");
                return kept;
            });

            assertEquals(ENTRIES, before);
            assertEquals(List.of("first", "second", "third"), recorded());
            assertInstanceOf(Whole.class, trail().verify());
        }

        @Test
        void whatAnInnerStepDidBeforeItFailedIsKeptWithItsRecordWhereTheOuterOneGoesOn() {
            trail().recording(outer -> {
                assertThrows(IllegalStateException.class, () -> trail().recording(inner -> {
                    effect(1);
                    record(inner, "inner");
                    throw new IllegalStateException("the inner step failed");
                }));
                return record(outer, "outer");
            });

            assertEquals(1, effects());
            assertEquals(List.of("inner", "outer"), recorded());
        }

        @Test
        void nothingOfAStepThatFailedIsKeptByTheNext() {
            assertThrows(IllegalStateException.class, () -> trail().recording(outer -> trail().recording(inner -> {
                record(inner, "never");
                throw new IllegalStateException("the step failed");
            })));

            trail().record(event("account-1", Map.of("turn", "next")));

            assertEquals(List.of("next"), recorded());
        }

        /** One has recorded and then wants the other's row; the other has the row and then records. */
        @Test
        void stepsThatRecordAndLockInAnotherOrderDoNotLockEachOtherOut() {
            effect(1);
            var bothHaveBegun = new CyclicBarrier(2);
            var runners = new AtomicInteger();

            Race.of(2, () -> runners.getAndIncrement() == 0 ? recordsFirst(bothHaveBegun) : locksFirst(bothHaveBegun));

            assertEquals(ENTRIES + 2, trail().head().number());
            assertInstanceOf(Whole.class, trail().verify());
        }

        @Test
        void anErasureTakesWhatItsStepHasRecordedOfTheAccountBefore() {
            trail().recording(recorder -> {
                recorder.record(event("account-1", Map.of("client", "192.0.2.0/24")));
                recorder.record(event("account-2", Map.of("client", "192.0.2.0/24")));
                trail().erase("account-1", null, day(ENTRIES));
                return recorder;
            });

            assertEquals(
                    List.of("sign-in.failed {}", "sign-in.failed {client=192.0.2.0/24}", "audit.erased {entries=2}"),
                    since().map(event -> event.type() + " " + event.details()).toList());
            assertInstanceOf(Whole.class, trail().verify());
        }

        @Test
        void anErasureLocksTheTrailsEndBeforeTheEntries() {
            long erased = trail().recording(recorder -> {
                trail().erase("account-1", null, day(ENTRIES));
                return trail().newest("account-1", Long.MAX_VALUE, 10).stream()
                        .filter(entry -> entry.isErased())
                        .count();
            });

            assertEquals(0, erased);
            assertEquals(
                    AuditEvents.ERASED,
                    trail().newest(null, Long.MAX_VALUE, 1).get(0).event().type());
        }

        private int recordsFirst(CyclicBarrier bothHaveBegun) {
            return trail().recording(outer -> {
                trail().recording(inner -> record(inner, "recorded first"));
                Race.await(bothHaveBegun);
                return tamper("UPDATE effect SET id = id + 1");
            });
        }

        private int locksFirst(CyclicBarrier bothHaveBegun) {
            return trail().recording(recorder -> {
                int locked = tamper("UPDATE effect SET id = id + 1");
                Race.await(bothHaveBegun);
                record(recorder, "locked first");
                return locked;
            });
        }

        private static Recorder record(Recorder recorder, String turn) {
            recorder.record(event("account-1", Map.of("turn", turn)));
            return recorder;
        }

        /** The turns since the test began. */
        private List<String> recorded() {
            return since().map(event -> event.details().getOrDefault("turn", ""))
                    .toList();
        }
    }
}
