// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditVerification;
import dev.mobilebackend.auth.audit.AuditVerification.Broken;
import dev.mobilebackend.auth.audit.AuditVerification.Fault;
import dev.mobilebackend.auth.audit.AuditVerification.Whole;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.auth.key.jdbi.JdbiKeyStore;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.clock.TestClock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A database that had signing keys before there was a trail: as it was made by a version without one. */
class UpgradedTrailTest {

    private static final ServerSecret SECRET = ServerSecret.of(new byte[32]);

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

    abstract static class OnDatabase {

        private final Dialect dialect;
        private final TestClock clock = new TestClock();
        private TestDatabase database;
        private SigningKey older;

        OnDatabase(Dialect dialect) {
            this.dialect = dialect;
        }

        @BeforeEach
        void aVersionWithoutATrail() {
            database = TestDatabase.of(dialect);
            List<String> before = AuthSchema.TABLES.scripts().stream()
                    .takeWhile(script -> !script.contains("audit"))
                    .toList();
            Schema.install(database.database(), new SchemaPart("auth", AuthSchema.TABLES.loader(), before));
            older = KeyRing.builder(JdbiKeyStore.of(database.database(), SECRET))
                    .clock(clock)
                    .build()
                    .current();
            Schema.install(database.database(), Schema.CORE, AuthSchema.TABLES);
        }

        @AfterEach
        void stop() {
            database.close();
        }

        @Test
        void theTrailBeginsWithTheUpgradeAndIsWhole() {
            try (Auth auth = auth()) {
                recordIn(auth);

                assertInstanceOf(Whole.class, auth.audit().verify());
                assertEquals(List.of("job.ran", AuditEvents.TRAIL_BEGUN), types(auth));
                assertEquals(older.id(), auth.keys().current().id());
            }
            try (Auth again = auth()) {
                again.keys().rotate();

                assertInstanceOf(Whole.class, again.audit().verify());
                assertEquals(List.of(AuditEvents.KEY_MADE, "job.ran", AuditEvents.TRAIL_BEGUN), types(again));
            }
        }

        @Test
        void theTrailOfAnUpgradedDatabaseDoesNotBeginTwice() {
            auth().close();
            database.database().withHandle(handle -> handle.execute("DELETE FROM mb_auth_audit"));
            database.database()
                    .withHandle(
                            handle -> handle.execute("UPDATE mb_auth_audit_head SET number = 0, tag = '', seal = ''"));

            AuditVerification found;
            try (Auth auth = auth()) {
                recordIn(auth);
                found = auth.audit().verify();
            }

            assertEquals(Fault.BROKEN_OFF, assertInstanceOf(Broken.class, found).fault());
        }

        @Test
        void instancesOfTheVersionBeforeStillReadTheKeys() {
            JdbiKeyStore before = JdbiKeyStore.of(database.database(), SECRET);
            assertFalse(before.tellsOfTrail());

            auth().close();

            assertEquals(
                    List.of(older.id()),
                    before.all().stream().map(SigningKey::id).toList());
        }

        private Auth auth() {
            return Auth.builder(database.database(), SECRET, (handle, notice) -> {})
                    .accessTokens(AccessTokenPolicy.of("https://api.shop.example", "shop"))
                    .clock(clock)
                    .build();
        }

        private void recordIn(Auth auth) {
            auth.audit().record(new AuditEvent("job.ran", null, null, null, Map.of(), clock.instant()));
        }

        /** What was recorded, the newest first. */
        private static List<String> types(Auth auth) {
            return auth.audit().newest(null, Long.MAX_VALUE, 10).stream()
                    .map(AuditEntry::event)
                    .map(AuditEvent::type)
                    .toList();
        }
    }
}
