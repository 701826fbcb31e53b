// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.auth.audit.jdbi.JdbiAuditStore;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody with every right on the database cannot do to the trail unseen. */
class AuditTrailOnDatabasesTest {

    private static final Instant AT = Instant.parse("2026-03-01T08:00:00Z");
    private static final int ENTRIES = 9;

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

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnDatabase {

        private final Dialect dialect;
        private TestDatabase database;
        private AuditTrail trail;

        OnDatabase(Dialect dialect) {
            this.dialect = dialect;
        }

        @BeforeAll
        void start() {
            database = TestDatabase.of(dialect);
            Schema.install(database.database(), AuthSchema.TABLES);
            tamper("CREATE TABLE effect (id integer)");
        }

        @AfterAll
        void stop() {
            database.close();
        }

        @BeforeEach
        void aTrailOfItsOwn() {
            tamper("DELETE FROM mb_auth_audit");
            tamper("UPDATE mb_auth_audit_head SET number = 0, tag = '', seal = ''");
            tamper("DELETE FROM effect");
            trail = trail(ServerSecret.of(new byte[32]));
            for (int i = 1; i <= ENTRIES; i++) {
                trail.record(event("account-" + i % 3, Map.of("client", "192.0.2.0/24", "turn", Integer.toString(i))));
            }
        }

        @Test
        void aTrailThatNobodyTouchedIsWhole() {
            Whole found = assertInstanceOf(Whole.class, trail.verify());

            assertEquals(ENTRIES, found.head().number());
        }

        @Test
        void whatAStepDidAndWhatItRecordedAreBothThere() {
            trail.recording(recorder -> {
                recorder.record(event("account-1", Map.of()));
                return effect(1);
            });

            assertEquals(1, effects());
            assertEquals(ENTRIES + 1, trail.head().number());
        }

        @Test
        void aStepThatFailsLeavesNeither() {
            assertThrows(
                    IllegalStateException.class,
                    () -> trail.recording(recorder -> {
                        recorder.record(event("account-1", Map.of()));
                        effect(1);
                        throw new IllegalStateException("the step failed");
                    }));

            assertEquals(0, effects());
            assertEquals(ENTRIES, trail.head().number());
        }

        @Test
        void aStepWhoseRecordIsRefusedLeavesNoEffect() {
            tamper("DELETE FROM mb_auth_audit_head");
            try {
                assertThrows(
                        IllegalStateException.class,
                        () -> trail.recording(recorder -> {
                            recorder.record(event("account-1", Map.of()));
                            return effect(1);
                        }));

                assertEquals(0, effects());
            } finally {
                tamper("INSERT INTO mb_auth_audit_head VALUES (1, 0, '', '')");
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

        @Test
        void anEndThatWasMovedBackIsNoticed() {
            tamper("DELETE FROM mb_auth_audit WHERE number > 6");
            tamper("UPDATE mb_auth_audit_head SET number = 6, tag = (SELECT tag FROM mb_auth_audit WHERE number = 6)");

            assertBroken(6, Fault.HEAD_CHANGED);
        }

        @Test
        void whoHasAnotherSecretCannotGoOnWithTheTrail() {
            trail(ServerSecret.of(new byte[33])).record(event("account-1", Map.of()));

            assertBroken(ENTRIES + 1, Fault.HEAD_CHANGED);
        }

        @Test
        void theTrailGoesOnUnderANewSecretWhileTheOldOneIsAccepted() {
            AuditTrail renewed = trail(ServerSecret.of(new byte[33], new byte[32]));
            renewed.record(event("account-1", Map.of()));

            Whole found = assertInstanceOf(Whole.class, renewed.verify());
            assertEquals(ENTRIES + 1, found.head().number());
        }

        @Test
        void anAccountsDetailsCanBeErasedAndTheChainStaysWhole() {
            trail.erase("account-1", "staff", AT);

            assertInstanceOf(Whole.class, trail.verify());
            assertEquals(
                    Map.of("entries", "3"),
                    trail.newest("account-1", Long.MAX_VALUE, 1).get(0).event().details());
            assertEquals(
                    Map.of(),
                    trail.newest("account-1", ENTRIES, 1).get(0).event().details());
        }

        @Test
        void detailsThatAreTakenAwayAfterAnErasureAreNoticed() {
            trail.erase("account-1", "staff", AT);
            trail.record(event("account-1", Map.of("client", "198.51.100.0/24")));
            tamper("UPDATE mb_auth_audit SET details = NULL, salt = NULL WHERE number = " + (ENTRIES + 2));

            assertBroken(ENTRIES + 2, Fault.CHANGED);
        }

        private void assertBroken(long number, Fault fault) {
            Broken found = assertInstanceOf(Broken.class, trail.verify());

            assertEquals(number + " " + fault, found.number() + " " + found.fault());
        }

        private AuditTrail trail(ServerSecret secret) {
            return new AuditTrail(JdbiAuditStore.of(database.database()), secret, new SecureRandom());
        }

        private int effect(int id) {
            return database.database().withHandle(handle -> handle.execute("INSERT INTO effect VALUES (?)", id));
        }

        private int effects() {
            return database.database().withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM effect")
                    .mapTo(Integer.class)
                    .one());
        }

        private void tamper(String sql) {
            database.database().withHandle(handle -> handle.execute(sql));
        }

        private static AuditEvent event(String account, Map<String, String> details) {
            return new AuditEvent("sign-in.failed", account, account, "session", details, AT);
        }
    }
}
