// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditHead;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.auth.audit.jdbi.JdbiAuditStore;
import dev.mobilebackend.core.data.Dialect;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a trail whose old entries leave it, and that nobody else can make them leave unseen. */
class ArchivedTrailOnDatabasesTest {

    private static final Instant NOW = TrailOnDatabase.day(100);

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

        private final List<AuditEntry> archived = new ArrayList<>();

        OnDatabase(Dialect dialect) {
            super(dialect);
        }

        @BeforeEach
        void anEmptyArchive() {
            archived.clear();
        }

        @Test
        void whatIsOldGoesToTheArchiveAndTheRestIsWhole() {
            List<AuditEntry> entries = stored();

            assertEquals(5, archiveThrough(5));

            assertEquals(entries.subList(0, 5), archived);
            assertEquals(entries.subList(5, ENTRIES), stored().subList(0, ENTRIES - 5));
            assertEquals(
                    AuditEvents.ARCHIVED,
                    trail().newest(null, Long.MAX_VALUE, 1).get(0).event().type());
            Whole found = assertInstanceOf(Whole.class, trail().verify());
            assertEquals(ENTRIES + 1, found.head().number());
        }

        @Test
        void whereNothingIsOldNothingHappens() {
            assertEquals(0, trail().archive(day(1), archived::addAll, NOW));

            assertEquals(ENTRIES, trail().head().number());
        }

        @Test
        void theTrailGoesOnAfterAllOfItWasArchived() {
            assertEquals(ENTRIES, archiveThrough(ENTRIES));
            assertEquals(1, stored().size());
            assertInstanceOf(Whole.class, trail().verify());

            trail().record(event("account-1", Map.of()));
            assertEquals(2, trail().archive(NOW.plusSeconds(1), archived::addAll, NOW));

            assertInstanceOf(Whole.class, trail().verify());
            assertEquals(
                    IntStream.rangeClosed(1, ENTRIES + 2)
                            .mapToObj(Long::valueOf)
                            .toList(),
                    archived.stream().map(AuditEntry::number).toList());
        }

        @Test
        void manyEntriesGoAThousandAtATime() {
            trail().recording(recorder -> {
                for (int i = 0; i < 1_000; i++) {
                    recorder.record(event("account-1", Map.of()));
                }
                return recorder;
            });
            var handed = new ArrayList<Integer>();

            trail().archive(NOW, entries -> handed.add(entries.size()), NOW);

            assertEquals(List.of(1_000, ENTRIES), handed);
            assertInstanceOf(Whole.class, trail().verify());
        }

        @Test
        void whatIsPutBackFromTheArchiveIsVerifiedWithTheRest() {
            archiveThrough(5);

            putBack(archived);

            assertInstanceOf(Whole.class, trail().verify());
            tamper("UPDATE mb_auth_audit SET actor_id = 'somebody-else' WHERE number = 3");
            assertBroken(3, Fault.CHANGED);
        }

        @Test
        void aPartOfTheArchiveThatIsPutBackIsNoPartOfTheTrail() {
            archiveThrough(5);

            putBack(archived.subList(2, 5));

            assertBroken(3, Fault.ADDED);
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 4, 9})
        void rowsThatAreDeletedWithoutARecordOfTheArchiveAreMissed(int deleted) {
            tamper("DELETE FROM mb_auth_audit WHERE number <= " + deleted);

            assertBroken(1, Fault.DELETED);
        }

        @Test
        void rowsThatAreDeletedPastTheRecordOfTheArchiveAreMissed() {
            archiveThrough(5);

            tamper("DELETE FROM mb_auth_audit WHERE number = 6");

            assertBroken(6, Fault.DELETED);
        }

        @ParameterizedTest
        @CsvSource({"8, 3", "9, 8", "9, 3"})
        void anEntryThatWasMadeARecordOfTheArchiveIsNamed(int forged, int through) {
            forgeRecord(forged, through);
            tamper("DELETE FROM mb_auth_audit WHERE number <= " + through);

            assertBroken(forged, Fault.CHANGED);
        }

        @Test
        void aRecordThatWasChangedToHideMoreIsNamed() {
            archiveThrough(3);

            forgeRecord(ENTRIES + 1, 6);
            tamper("DELETE FROM mb_auth_audit WHERE number <= 6");

            assertBroken(ENTRIES + 1, Fault.CHANGED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"-1", "0", "2", "10", "2000000000000000000"})
        void aRecordThatIsNoPartOfTheChainHidesNothing(String number) {
            tamper("INSERT INTO mb_auth_audit SELECT " + number + " + 1000000, type, account_id, actor_id, session_id,"
                    + " details, at, salt, blinded, tag FROM mb_auth_audit WHERE number = 9");
            String through = through(3);
            tamper("DELETE FROM mb_auth_audit WHERE number <= 3");
            tamper("UPDATE mb_auth_audit SET number = " + number + ", type = 'audit.archived', details = '" + through
                    + "' WHERE number = " + number + " + 1000000");

            assertInstanceOf(Broken.class, trail().verify());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "details = NULL, salt = NULL",
                    "details = '{\"through\":\"no head\"}'",
                    "type = 'sign-in.failed'"
                })
        void aRecordThatIsGoneLeavesAGap(String change) {
            archiveThrough(5);

            tamper("UPDATE mb_auth_audit SET " + change + " WHERE number = " + (ENTRIES + 1));

            assertBroken(1, Fault.DELETED);
        }

        @Test
        void aTrailThatIsNotWholeIsNotArchived() {
            tamper("UPDATE mb_auth_audit SET actor_id = 'somebody-else' WHERE number = 8");

            var refused = assertThrows(IllegalStateException.class, () -> archiveThrough(5));

            assertTrue(refused.getMessage().contains("entry 8"), refused.getMessage());
            assertEquals(List.of(), archived);
            assertEquals(ENTRIES, stored().size());
        }

        @Test
        void whatIsDamagedWhileItIsArchivedStays() {
            trail().recording(recorder -> {
                for (int i = 0; i < 1_000; i++) {
                    recorder.record(event("account-1", Map.of()));
                }
                return recorder;
            });

            assertThrows(IllegalStateException.class, () -> trail().archive(
                            NOW,
                            entries -> tamper("UPDATE mb_auth_audit SET actor_id = NULL WHERE number = 1005"),
                            NOW));

            assertBroken(1_005, Fault.CHANGED);
            assertEquals(1_001, stored().get(0).number());
        }

        @Test
        void whatTheArchiveDidNotTakeStays() {
            assertThrows(IllegalStateException.class, () -> trail().archive(
                            day(6),
                            entries -> {
                                throw new IllegalStateException("the disk is full");
                            },
                            NOW));

            assertEquals(ENTRIES, stored().size());
            assertEquals(5, archiveThrough(5));
        }

        @Test
        void oneOfTwoThatArchiveAtOnceRemovesAndBothLeaveAWholeTrail() {
            long byTheOther = trail().archive(
                            day(6),
                            entries -> {
                                trail(OLD).archive(day(8), archived::addAll, NOW);
                                assertInstanceOf(Whole.class, trail().verify());
                            },
                            NOW);

            assertEquals(0, byTheOther);
            assertEquals(7, archived.size());
            assertInstanceOf(Whole.class, trail().verify());
        }

        @Test
        void theRecordOfAnotherSecretStaysWhileTheOneBeforeIsAccepted() {
            AuditTrail renewed = trail(NEW_THEN_OLD);
            renewed.record(event("account-1", Map.of()));

            assertEquals(ENTRIES - 1, renewed.archive(NOW, archived::addAll, NOW));
            trail(OLD_THEN_NEW).record(event("account-1", Map.of()));

            assertEquals(
                    1,
                    JdbiAuditStore.of(database())
                            .ofType(AuditEvents.SECRET_CHANGED)
                            .size());
            assertInstanceOf(Whole.class, renewed.verify());
            assertEquals(5, trail(NEW).archive(NOW.plusSeconds(1), archived::addAll, NOW));
            assertInstanceOf(Whole.class, trail(NEW).verify());
        }

        @Test
        void aHeadThatWasKeptIsHeldAgainstWhatIsLeft() {
            var heads = new ArrayList<AuditHead>();
            for (AuditEntry entry : stored()) {
                heads.add(new AuditHead(entry.number(), entry.tag(), new byte[0]));
            }
            archiveThrough(5);

            assertInstanceOf(Whole.class, trail().verify(heads.get(4)));
            assertInstanceOf(Whole.class, trail().verify(heads.get(5)));
            assertInstanceOf(Broken.class, trail().verify(new AuditHead(5, new byte[32], new byte[0])));
            var archivedOne = assertThrows(IllegalArgumentException.class, () -> trail().verify(heads.get(3)));
            assertTrue(archivedOne.getMessage().contains("up to 5 are archived"), archivedOne.getMessage());
        }

        @Test
        void theTrailsOwnEntriesAreFoundByAnIndex() {
            String plan = database().withHandle(handle -> {
                if (database().dialect() == Dialect.POSTGRESQL) {
                    // So few rows are read faster one by one.
                    handle.execute("SET enable_seqscan = off");
                }
                return String.join(
                        "\n",
                        handle.createQuery("EXPLAIN SELECT * FROM mb_auth_audit WHERE type = 'audit.archived'")
                                .mapTo(String.class)
                                .list());
            });

            assertTrue(plan.toLowerCase().contains("mb_auth_audit_type"), plan);
        }

        private long archiveThrough(int number) {
            return trail().archive(day(number + 1), archived::addAll, NOW);
        }

        private List<AuditEntry> stored() {
            return JdbiAuditStore.of(database()).after(0, 10_000);
        }

        private void putBack(List<AuditEntry> entries) {
            JdbiAuditStore.of(database()).append(entries, trail().head());
        }

        /** As somebody would who has the database and this source. */
        private void forgeRecord(int number, int through) {
            tamper("UPDATE mb_auth_audit SET type = 'audit.archived', details = '" + through(through)
                    + "' WHERE number = " + number);
        }

        private String through(int number) {
            AuditEntry last = JdbiAuditStore.of(database()).after(number - 1, 1).get(0);
            return "{\"through\":\"" + new AuditHead(number, last.tag(), new byte[0]) + "\"}";
        }
    }
}
