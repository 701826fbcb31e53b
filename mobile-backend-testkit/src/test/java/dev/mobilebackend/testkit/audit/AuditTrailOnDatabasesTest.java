// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditHead;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.auth.audit.jdbi.JdbiAuditStore;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.secret.ServerSecret;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody with every right on the database cannot do to the trail unseen. */
class AuditTrailOnDatabasesTest {

    private static final ServerSecret NEWER_THEN_NEW = ServerSecret.of(new byte[34], new byte[33]);
    private static final ServerSecret NEWER = ServerSecret.of(new byte[34]);

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
        void aTrailThatNobodyTouchedIsWhole() {
            Whole found = assertInstanceOf(Whole.class, trail().verify());

            assertEquals(ENTRIES, found.head().number());
        }

        @Test
        void whatAStepDidAndWhatItRecordedAreBothThere() {
            trail().recording(recorder -> {
                recorder.record(event("account-1", Map.of()));
                return effect(1);
            });

            assertEquals(1, effects());
            assertEquals(ENTRIES + 1, trail().head().number());
        }

        @Test
        void aStepThatFailsLeavesNeither() {
            assertThrows(IllegalStateException.class, () -> trail().recording(recorder -> {
                recorder.record(event("account-1", Map.of()));
                effect(1);
                throw new IllegalStateException("the step failed");
            }));

            assertEquals(0, effects());
            assertEquals(ENTRIES, trail().head().number());
        }

        @Test
        void aStepWhoseRecordIsRefusedLeavesNoEffect() {
            tamper("ALTER TABLE mb_auth_audit ADD CONSTRAINT full_up CHECK (number <= " + ENTRIES + ")");
            try {
                assertThrows(RuntimeException.class, () -> trail().recording(recorder -> {
                    recorder.record(event("account-1", Map.of()));
                    return effect(1);
                }));

                assertEquals(0, effects());
            } finally {
                tamper("ALTER TABLE mb_auth_audit DROP CONSTRAINT full_up");
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "type = 'sign-in.succeeded'",
                    "account_id = 'account-9'",
                    "account_id = NULL",
                    "actor_id = 'somebody-else'",
                    "session_id = NULL",
                    "at = TIMESTAMP WITH TIME ZONE '2026-03-01 08:00:00.000001+00:00'",
                    "details = '{}'",
                    "details = 'no json'",
                    "details = '{\"client\":null}'",
                    "type = 'NO TYPE'",
                    "type = 'audit.broken'",
                    "type = 'audit.secret-changed'",
                    "details = NULL, salt = NULL",
                    "salt = blinded",
                    "blinded = tag",
                    "tag = blinded"
                })
        void aChangedRowIsNamed(String change) {
            tamper("UPDATE mb_auth_audit SET " + change + " WHERE number = 5");

            assertBroken(5, Fault.CHANGED);
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 5, ENTRIES})
        void aDeletedRowIsNamed(int number) {
            tamper("DELETE FROM mb_auth_audit WHERE number = " + number);

            assertBroken(number, Fault.DELETED);
        }

        @Test
        void theFirstOfManyDeletedRowsIsNamed() {
            tamper("DELETE FROM mb_auth_audit WHERE number > 3");

            assertBroken(4, Fault.DELETED);
        }

        @Test
        void aDeletedRowWhosePlaceTheNextOnesTakeIsNamed() {
            tamper("DELETE FROM mb_auth_audit WHERE number = 5");
            for (int number = 6; number <= ENTRIES; number++) {
                tamper("UPDATE mb_auth_audit SET number = " + (number - 1) + " WHERE number = " + number);
            }

            assertBroken(5, Fault.CHANGED);
        }

        @ParameterizedTest
        @CsvSource({"4, 5", "2, 8", "1, 9"})
        void theFirstOfTwoRowsThatChangedPlacesIsNamed(int one, int other) {
            tamper("UPDATE mb_auth_audit SET number = 1000 WHERE number = " + one);
            tamper("UPDATE mb_auth_audit SET number = " + one + " WHERE number = " + other);
            tamper("UPDATE mb_auth_audit SET number = " + other + " WHERE number = 1000");

            assertBroken(one, Fault.MOVED);
        }

        @Test
        void aRowPastTheEndIsNamed() {
            tamper("INSERT INTO mb_auth_audit SELECT number + 1, type, account_id, actor_id, session_id, details, at, "
                    + "salt, blinded, tag FROM mb_auth_audit WHERE number = " + ENTRIES);

            assertBroken(ENTRIES + 1, Fault.ADDED);
        }

        @ParameterizedTest
        @ValueSource(longs = {Long.MIN_VALUE, -5, 0})
        void aRowBeforeTheFirstIsNamed(long number) {
            tamper("INSERT INTO mb_auth_audit SELECT " + (number == Long.MIN_VALUE ? "-9223372036854775807" : number)
                    + ", type, account_id, actor_id, session_id, details, at, salt, blinded, tag FROM mb_auth_audit"
                    + " WHERE number = 3");

            Broken found = assertInstanceOf(Broken.class, trail().verify());
            assertEquals(Fault.ADDED, found.fault());
        }

        @Test
        void anEndThatWasMovedBackIsNoticed() {
            cutOffTheEnd();

            assertBroken(6, Fault.HEAD_CHANGED);
        }

        @Test
        void anEndThatWasMovedBackIsNoticedForEverByWhoeverRecordsNext() {
            cutOffTheEnd();

            trail().record(event("account-1", Map.of()));
            trail().record(event("account-2", Map.of()));

            assertBroken(7, Fault.BROKEN_OFF);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UPDATE mb_auth_audit_head SET number = 0, tag = '', seal = ''",
                    "DELETE FROM mb_auth_audit_head",
                    "UPDATE mb_auth_audit_head SET number = 7"
                })
        void aTrailThatWasWipedIsNoNewOne(String wipe) {
            tamper("DELETE FROM mb_auth_audit");
            tamper(wipe);

            assertEquals(
                    Fault.HEAD_CHANGED,
                    assertInstanceOf(Broken.class, trail().verify()).fault());
            trail().record(event("account-1", Map.of()));
            assertBroken(1, Fault.BROKEN_OFF);
        }

        @Test
        void aTrailThatHasEntriesDoesNotBeginAgain() {
            tamper("DELETE FROM mb_auth_audit_head");

            trail().begin(AT);

            assertEquals(
                    Fault.HEAD_CHANGED,
                    assertInstanceOf(Broken.class, trail().verify()).fault());
        }

        @Test
        void aTrailBeginsOnce() {
            trail().begin(AT);

            assertEquals(ENTRIES, trail().head().number());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "UPDATE mb_auth_audit_head SET seal = tag",
                    "DELETE FROM mb_auth_audit_head",
                    "INSERT INTO mb_auth_audit SELECT 10, type, account_id, actor_id, session_id, details, at, salt,"
                            + " blinded, tag FROM mb_auth_audit WHERE number = 9"
                })
        void aDamagedEndStopsNobodyAndIsVouchedForByNobody(String damage) {
            tamper(damage);

            trail().recording(recorder -> {
                recorder.record(event("account-1", Map.of()));
                return effect(1);
            });

            assertEquals(1, effects());
            assertEquals(
                    "sign-in.failed",
                    trail().newest(null, Long.MAX_VALUE, 1).get(0).event().type());
            assertInstanceOf(Broken.class, trail().verify());
        }

        @Test
        void aRowOfTheLargestNumberStopsNobodyAndIsNamed() {
            tamper(
                    "INSERT INTO mb_auth_audit SELECT 9223372036854775807, type, account_id, actor_id, session_id, details,"
                            + " at, salt, blinded, tag FROM mb_auth_audit WHERE number = 9");

            trail().record(event("account-1", Map.of()));

            assertBroken(Long.MAX_VALUE, Fault.ADDED);
        }

        @Test
        void whatIsRecordedAfterABreakCanBeVerifiedFromThere() {
            cutOffTheEnd();
            trail().record(event("account-1", Map.of()));
            trail().record(event("account-2", Map.of()));

            assertInstanceOf(Whole.class, trail().verifyFrom(7));
            tamper("UPDATE mb_auth_audit SET actor_id = 'somebody-else' WHERE number = 9");
            Broken found = assertInstanceOf(Broken.class, trail().verifyFrom(7));
            assertEquals(9, found.number());
        }

        @Test
        void anOlderHeadThatWasCopiedShowsByOneThatIsKeptElsewhere() {
            AuditHead copied = trail().head();
            trail().record(event("account-1", Map.of("client", "203.0.113.0/24")));
            AuditHead kept = AuditHead.parse(trail().head().toString());
            assertInstanceOf(Whole.class, trail().verify(kept));

            tamper("DELETE FROM mb_auth_audit WHERE number > " + ENTRIES);
            JdbiAuditStore.of(database()).append(List.of(), copied);

            assertInstanceOf(Whole.class, trail().verify());
            assertEquals(
                    Fault.CUT_OFF,
                    assertInstanceOf(Broken.class, trail().verify(kept)).fault());
        }

        @Test
        void whoHasAnotherSecretCannotGoOnWithTheTrail() {
            trail(NEW).record(event("account-1", Map.of()));

            assertBroken(ENTRIES + 2, Fault.HEAD_CHANGED);
        }

        @Test
        void aSecretThatWasReplacedAtOnceBreaksTheTrailOff() {
            AuditTrail renewed = trail(NEW);
            renewed.record(event("account-1", Map.of()));

            Broken found = assertInstanceOf(Broken.class, renewed.verify());
            assertEquals(ENTRIES + 1 + " " + Fault.BROKEN_OFF, found.number() + " " + found.fault());
            assertInstanceOf(Whole.class, renewed.verifyFrom(ENTRIES + 1));
        }

        @Test
        void theTrailStaysWholeThroughEachStepOfAChangeOfTheSecret() {
            trail(OLD_THEN_NEW).record(event("account-1", Map.of()));
            trail(NEW_THEN_OLD).record(event("account-1", Map.of()));
            AuditTrail behind = trail(OLD_THEN_NEW);
            behind.record(event("account-1", Map.of()));
            behind.record(event("account-2", Map.of()));
            assertInstanceOf(Whole.class, behind.verify());
            trail(NEW).record(event("account-1", Map.of()));
            assertInstanceOf(Whole.class, trail(NEW).verify());
            trail(NEWER_THEN_NEW).record(event("account-1", Map.of()));
            trail(NEWER).record(event("account-1", Map.of()));

            Whole found = assertInstanceOf(Whole.class, trail(NEWER).verify());
            assertEquals(ENTRIES + 9, found.head().number());
            assertEquals(
                    2,
                    JdbiAuditStore.of(database())
                            .ofType(AuditEvents.SECRET_CHANGED)
                            .size());
        }

        @ParameterizedTest
        @ValueSource(ints = {2, ENTRIES, ENTRIES + 1, ENTRIES + 2})
        void whatAnOldSecretHasTaggedIsHeldByTheNewOne(int changed) {
            trail(NEW_THEN_OLD).record(event("account-1", Map.of()));

            tamper("UPDATE mb_auth_audit SET actor_id = 'somebody-else' WHERE number = " + changed);

            Broken found = assertInstanceOf(Broken.class, trail(NEW).verify());
            assertEquals(changed + " " + Fault.CHANGED, found.number() + " " + found.fault());
        }

        /** With the old secret an intruder writes the same rows as the library would have then. */
        @Test
        void anOldSecretIsWorthNothingAfterItsTimeThoughItIsStillAccepted() throws IOException {
            AuditTrail renewed = trail(NEW_THEN_OLD);
            renewed.record(event("account-1", Map.of()));
            AuditHead head = renewed.head();
            tamper("DELETE FROM mb_auth_audit WHERE number = " + head.number());
            AuditEntry change = renewed.newest(null, Long.MAX_VALUE, 1).get(0);
            JdbiAuditStore.of(database()).append(List.of(), sealed(OLD, change.number(), change.tag()));
            trail(OLD).record(event("account-2", Map.of("client", "forged")));

            Broken found = assertInstanceOf(Broken.class, renewed.verify());
            assertEquals(change.number(), found.number());
        }

        @Test
        void transactionsThatWouldNotSeeWhatOthersRecordedAreRefusedAtTheStart() {
            Jdbi strict = Jdbi.create(() -> {
                Connection connection = database().jdbi().open().getConnection();
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                return connection;
            });

            var refused = assertThrows(IllegalArgumentException.class, () -> Database.of(strict));

            assertTrue(refused.getMessage().contains("REPEATABLE_READ"), refused.getMessage());
        }

        @Test
        void theTrailsOwnTypesAreNotForOthers() {
            var erasure = new AuditEvent(AuditEvents.ERASED, "account-1", null, null, Map.of(), AT);

            assertThrows(IllegalArgumentException.class, () -> trail().record(erasure));
        }

        @Test
        void anAccountsDetailsCanBeErasedAndTheChainStaysWhole() {
            trail().erase("account-1", "staff", AT);

            assertInstanceOf(Whole.class, trail().verify());
            assertEquals(
                    Map.of("entries", "2"),
                    trail().newest("account-1", Long.MAX_VALUE, 1)
                            .get(0)
                            .event()
                            .details());
            assertEquals(
                    Map.of(),
                    trail().newest("account-1", ENTRIES, 1).get(0).event().details());
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\"client\":\"forged\"}", "no json"})
        void detailsThatArePutIntoAnErasedEntryAreNamed(String details) {
            trail().erase("account-1", "staff", AT);
            tamper("UPDATE mb_auth_audit SET details = '" + details + "' WHERE number = 4");

            assertBroken(4, Fault.CHANGED);
        }

        @Test
        void detailsThatAreTakenAwayAfterAnErasureAreNoticed() {
            trail().erase("account-1", "staff", AT);
            trail().record(event("account-1", Map.of("client", "198.51.100.0/24")));
            tamper("UPDATE mb_auth_audit SET details = NULL, salt = NULL WHERE number = " + (ENTRIES + 2));

            assertBroken(ENTRIES + 2, Fault.CHANGED);
        }

        /** A head as the source seals it. */
        private static AuditHead sealed(ServerSecret secret, long number, byte[] tag) throws IOException {
            var said = new ByteArrayOutputStream();
            var out = new DataOutputStream(said);
            out.writeUTF("head");
            out.writeLong(number);
            out.write(tag);
            byte[] key = secret.derive("mobile-backend auth.audit chain v1", HmacSha256.BYTES);
            return new AuditHead(number, tag, HmacSha256.of(key).tag(said.toByteArray()));
        }

        private void cutOffTheEnd() {
            tamper("DELETE FROM mb_auth_audit WHERE number > 6");
            tamper("UPDATE mb_auth_audit_head SET number = 6, tag = (SELECT tag FROM mb_auth_audit WHERE number = 6)");
        }
    }
}
