// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.jdbi.JdbiAccountStore;
import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A new version comes in on PostgreSQL while instances of the one before answer requests on its tables. */
@Timeout(120)
class InstallBesideRequestsTest {

    private static final Instant NOW = Ambient.clock().instant().truncatedTo(ChronoUnit.MICROS);

    private static final Account ACCOUNT =
            new Account("account", new EmailAddress("ada@example.org"), null, Set.of(), null, NOW, 1);

    /** The scripts that run beside the version before. */
    private static final Set<String> NEW = Set.of("V214", "V215", "V224", "V225", "V226", "V234");

    private final TestDatabase opened = TestDatabase.postgres();
    private final Database database = opened.database();
    private final JdbiAccountStore accounts = JdbiAccountStore.of(database);
    private final Sessions sessions = new Sessions(
            SessionPolicy.standard(),
            JdbiSessionStore.of(database),
            new Revocations(),
            ServerSecret.of(new byte[32]),
            Ambient.random());

    @BeforeEach
    void theVersionBefore() {
        List<String> before = AuthSchema.TABLES.scripts().stream()
                .filter(script -> !NEW.contains(script.substring(0, 4)))
                .toList();
        Schema.install(database, new SchemaPart("auth", AuthSchema.TABLES.loader(), before));
        accounts.add(ACCOUNT, "hash");
    }

    @AfterEach
    void stop() {
        opened.close();
    }

    @Test
    void aSignInAndTheInstallThatWaitsForItsAccountBothEndWell() throws Exception {
        var install = new FutureTask<>(() -> Schema.install(database, AuthSchema.TABLES), "installed");

        database.useTransaction(handle -> {
            assertTrue(accounts.lock(ACCOUNT.id()).isPresent());
            new Thread(install).start();
            awaitWaitingFor("mb_auth_accounts", handle);
            sessions.open(ACCOUNT.id(), Device.UNKNOWN, Set.of("pwd"), NOW);
        });

        assertEquals("installed", install.get(60, TimeUnit.SECONDS));
        assertEquals(1, sessions.ofAccount(ACCOUNT.id(), NOW).size());
        assertEquals(AuthSchema.TABLES.scripts().stream().sorted().toList(), installed());
    }

    @Test
    void anIndexThatWasMadeBeforehandIsLeftAlone() {
        List<String> beforehand = List.of(
                "CREATE INDEX CONCURRENTLY mb_auth_sessions_revoked ON mb_auth_sessions (revoked_at) "
                        + "WHERE revoked_at IS NOT NULL",
                "CREATE INDEX CONCURRENTLY mb_auth_accounts_guests ON mb_auth_accounts (created_at, id) "
                        + "WHERE email IS NULL AND phone IS NULL",
                "CREATE INDEX CONCURRENTLY mb_auth_audit_type ON mb_auth_audit (type)");
        database.withHandle(handle -> beforehand.stream().map(handle::execute).toList());

        Schema.install(database, AuthSchema.TABLES);

        assertEquals(AuthSchema.TABLES.scripts().stream().sorted().toList(), installed());
    }

    private List<String> installed() {
        return database.withHandle(handle -> handle.createQuery("SELECT script FROM mb_schema ORDER BY script")
                .mapTo(String.class)
                .list());
    }

    /** Returns once somebody waits for a lock on the table. */
    private static void awaitWaitingFor(String table, Handle handle) {
        boolean waiting = false;
        while (!waiting) {
            waiting = handle.createQuery(
                                    "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = CAST(:table AS regclass)")
                            .bind("table", table)
                            .mapTo(Integer.class)
                            .one()
                    > 0;
        }
    }
}
