// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.jdbi.JdbiAccountStore;
import dev.mobilebackend.auth.attempt.Tries;
import dev.mobilebackend.auth.attempt.jdbi.JdbiAttemptStore;
import dev.mobilebackend.auth.device.KnownDevice;
import dev.mobilebackend.auth.device.jdbi.JdbiDeviceStore;
import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@link Auth#purge}: what fails stops nothing else, and is told. */
class AuthPurgeTest {

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

        private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");
        private static final Instant YEARS_LATER = BEGAN.plus(Duration.ofDays(1_000));

        private final Dialect dialect;
        private TestDatabase opened;
        private Auth auth;

        OnDatabase(Dialect dialect) {
            this.dialect = dialect;
        }

        @BeforeEach
        void start() {
            opened = TestDatabase.of(dialect);
            Schema.install(data(), AuthSchema.TABLES);
            auth = Auth.builder(data(), ServerSecret.of(new byte[32]), (handle, notice) -> {})
                    .guests((guest, into) -> {})
                    .listener(account -> {
                        if (account.id().equals("refused")) {
                            data().useTransaction(handle -> handle.execute("INSERT INTO nowhere VALUES (1)"));
                        }
                    })
                    .build();
            for (String guest : List.of("first", "refused", "last")) {
                JdbiAccountStore.of(data()).add(new Account(guest, null, null, Set.of(), null, BEGAN, 1), null);
            }
            auth.sessions().open("somebody", Device.UNKNOWN, Set.of("pwd"), BEGAN);
            JdbiAttemptStore.of(data()).update(List.of("somebody"), all -> List.of(new Tries(BEGAN, BEGAN)));
            JdbiDeviceStore.of(data()).keep("somebody", new KnownDevice("tag", BEGAN, null), Set.of());
        }

        @AfterEach
        void stop() {
            auth.close();
            opened.close();
        }

        @Test
        void aGuestThatCanNotBeEndedStopsNothingElseAndTheCallerIsTold() {
            var told = assertThrows(IllegalStateException.class, () -> auth.purge(YEARS_LATER));

            assertEquals("could not end guests, all else was done: try again", told.getMessage());
            assertEquals(List.of("refused"), ids("SELECT id FROM mb_auth_accounts"));
            assertEquals(0, left());
        }

        @Test
        void aTableThatCanNotBePurgedStopsNothingElseAndTheCallerIsTold() {
            data().useTransaction(handle -> handle.execute("DELETE FROM mb_auth_accounts WHERE id = 'refused'"));
            data().useTransaction(handle -> handle.execute("ALTER TABLE mb_auth_codes RENAME TO misnamed"));
            data().useTransaction(handle -> handle.execute("ALTER TABLE mb_auth_audit_head RENAME TO misnamed_too"));

            var told = assertThrows(IllegalStateException.class, () -> auth.purge(YEARS_LATER));

            assertEquals(
                    "could not forget codes and log the head of the audit trail and end guests, all else was done: "
                            + "try again",
                    told.getMessage());
            assertEquals(2, told.getSuppressed().length);
            assertEquals(0, left());
        }

        @Test
        void aPurgeIsNoPartOfATransaction() {
            var refused = assertThrows(
                    IllegalStateException.class, () -> data().useTransaction(handle -> auth.purge(YEARS_LATER)));

            assertTrue(refused.getMessage().contains("in a transaction"), refused.getMessage());
            assertEquals(3, left());
        }

        private int left() {
            return ids("SELECT id FROM mb_auth_sessions WHERE account_id = 'somebody' "
                            + "UNION ALL SELECT tag FROM mb_auth_devices "
                            + "UNION ALL SELECT count_key FROM mb_auth_attempts")
                    .size();
        }

        private List<String> ids(String query) {
            return data().withHandle(handle ->
                    handle.createQuery(query).mapTo(String.class).list());
        }

        private Database data() {
            return opened.database();
        }
    }
}
