// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.account.jdbi.JdbiCodeStore;
import dev.mobilebackend.auth.attempt.jdbi.JdbiAttemptStore;
import dev.mobilebackend.auth.device.jdbi.JdbiDeviceStore;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What {@link Purge} deletes and what it leaves alone, and that every store purges by it. */
class PurgeTest {

    private static final Purge OVER = Purge.of("ticket", "ends < :now").inOrderOf("ends");

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

        /** By default a wait would end after two seconds, which nobody could tell from none. */
        @BeforeAll
        void waitForLocksAsPostgresDoes() {
            data().useTransaction(handle -> handle.execute("SET DEFAULT_LOCK_TIMEOUT 600000"));
        }

        /** On PostgreSQL there is nothing between: it is one statement. */
        @Test
        void aRowThatIsRenewedBetweenBeingFoundAndDeletedStays() {
            insert(2, 1);
            var renewals = new AtomicInteger();
            data().jdbi().getConfig(SqlStatements.class).setSqlLogger(new SqlLogger() {
                @Override
                public void logAfterExecution(StatementContext context) {
                    if (context.getRawSql().startsWith("SELECT _ROWID_") && renewals.getAndIncrement() == 0) {
                        renew(1);
                    }
                }
            });

            assertEquals(1, purge(10));

            assertEquals(1, renewals.get());
            assertEquals(Set.of(1), ids());
        }
    }

    /** The table of a store, a row of it that has run out, what renews that row, and the store's purge. */
    private record Kept(String row, String renewal, ToIntFunction<Database> purge) {}

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final String BEFORE = "TIMESTAMP WITH TIME ZONE '2020-01-01 00:00:00+00:00'";
    private static final String LATER = "TIMESTAMP WITH TIME ZONE '2040-01-01 00:00:00+00:00'";

    private static final List<Kept> STORES = List.of(
            new Kept(
                    "mb_auth_sessions (id, account_id, counter, proofs, created_at, refreshed_at, "
                            + "previous_refreshed_at, expires_at, ends_at) SELECT 'id', 'account', 0, bytes, "
                            + "%1$s, %1$s, %1$s, %1$s, %1$s FROM empty".formatted(BEFORE),
                    "mb_auth_sessions SET expires_at = " + LATER,
                    database -> JdbiSessionStore.of(database).purgeEnded(NOW, 10)),
            new Kept(
                    "mb_auth_codes (purpose, subject, origin, contact, seed, attempts_left, expires_at) VALUES "
                            + "('SIGN_UP', 'subject', 'origin', 'contact', 'seed', 5, " + BEFORE + ")",
                    "mb_auth_codes SET expires_at = " + LATER,
                    database ->
                            JdbiCodeStore.of(database, (handle, notice) -> {}).purgeExpired(NOW, 10)),
            new Kept(
                    "mb_auth_code_sends (send_key, hour_ends, in_hour) VALUES ('key', " + BEFORE + ", 6)",
                    "mb_auth_code_sends SET hour_ends = " + LATER,
                    database ->
                            JdbiCodeStore.of(database, (handle, notice) -> {}).purgeExpired(NOW, 10)),
            new Kept(
                    "mb_auth_attempts (count_key, last_at, regained_at) VALUES ('key', %1$s, %1$s)".formatted(BEFORE),
                    "mb_auth_attempts SET regained_at = " + LATER,
                    database -> JdbiAttemptStore.of(database).purge(NOW, 10)),
            new Kept(
                    "mb_auth_devices (account_id, tag, seen_at) VALUES ('account', 'tag', " + BEFORE + ")",
                    "mb_auth_devices SET seen_at = " + LATER,
                    database -> JdbiDeviceStore.of(database).purge(NOW, 10)),
            new Kept(
                    "mb_idempotency (scope, fingerprint, created_at, expires_at) SELECT bytes, bytes, %1$s, %1$s "
                                    .formatted(BEFORE)
                            + "FROM empty",
                    "mb_idempotency SET expires_at = " + LATER,
                    database -> new JdbiIdempotency(database, () -> NOW).purgeExpired(10)));

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnDatabase {

        private final Dialect dialect;
        private TestDatabase database;

        OnDatabase(Dialect dialect) {
            this.dialect = dialect;
        }

        @BeforeAll
        void start() {
            database = TestDatabase.of(dialect);
            Schema.install(database.database(), Schema.CORE, AuthSchema.TABLES);
            String bytes = dialect == Dialect.POSTGRESQL ? "bytea" : "varbinary(10)";
            execute("CREATE TABLE empty (bytes " + bytes + ")");
            execute("INSERT INTO empty VALUES ('')");
            execute("CREATE TABLE ticket (id integer PRIMARY KEY, ends integer NOT NULL)");
        }

        @BeforeEach
        void clear() {
            execute("DELETE FROM ticket");
        }

        @AfterAll
        void stop() {
            database.close();
        }

        @Test
        void whatHasRunOutGoesAFewAtATimeTheOldestFirst() {
            insert(5, 1);
            execute("UPDATE ticket SET ends = id - 5");
            renew(3);

            assertEquals(0, purge(0));
            assertEquals(3, purge(3));
            assertEquals(Set.of(3, 5), ids());
            assertEquals(1, purge(3));
            assertEquals(0, purge(3));

            assertEquals(Set.of(3), ids());
        }

        @Test
        void noPurgeOfAnyStoreWaitsForARowThatIsBeingRenewedOrDeletesIt() {
            for (Kept store : STORES) {
                execute("INSERT INTO " + store.row());
                try (Handle renewing = data().jdbi().open()) {
                    renewing.begin();
                    renewing.execute("UPDATE " + store.renewal());

                    List<Integer> purged = Race.of(1, () -> store.purge().applyAsInt(data()));

                    renewing.commit();
                    assertEquals(List.of(0), purged, store.row());
                }
                assertEquals(0, store.purge().applyAsInt(data()), store.row());
                execute("UPDATE " + store.renewal().replace(LATER, BEFORE));
                assertEquals(1, store.purge().applyAsInt(data()), store.row());
            }
        }

        /** Renewals lock two rows each, in every order: who held one and waited for another would close a circle. */
        @Test
        void noRenewalIsUndoneAndNobodyFailsWherePurgesAndRenewalsMeet() {
            int tickets = 400;
            insert(tickets, 1);
            var turn = new AtomicInteger();
            var renewalsEnded = new AtomicInteger();

            List<Set<Integer>> renewed = Race.of(4, () -> {
                int mine = turn.getAndIncrement();
                if (mine < 2) {
                    while (renewalsEnded.get() < 2) {
                        purge(7);
                    }
                    return Set.of();
                }
                Set<Integer> done = new HashSet<>();
                // Each has pairs of its own, so that the two renew nothing in common.
                for (int i = mine - 2; i < tickets / 2; i += 2) {
                    int one = i + 1;
                    int other = tickets - i;
                    List<Integer> pair = i % 4 < 2 ? List.of(one, other) : List.of(other, one);
                    data().useTransaction(handle -> pair.stream()
                            .filter(id -> handle.execute("UPDATE ticket SET ends = 3 WHERE id = ?", id) == 1)
                            .forEach(done::add));
                }
                renewalsEnded.incrementAndGet();
                return done;
            });

            Set<Integer> expected = new HashSet<>();
            renewed.forEach(expected::addAll);
            while (purge(100) > 0) {
                // what is left of those that ran out
            }
            assertEquals(expected, ids());
        }

        Database data() {
            return database.database();
        }

        int purge(int atMost) {
            return OVER.run(data(), Map.of("now", 2), atMost);
        }

        void insert(int tickets, int ends) {
            IntStream.rangeClosed(1, tickets).forEach(id -> data().useTransaction(
                            handle -> handle.execute("INSERT INTO ticket VALUES (?, ?)", id, ends)));
        }

        void renew(int id) {
            data().useTransaction(handle -> handle.execute("UPDATE ticket SET ends = 3 WHERE id = ?", id));
        }

        Set<Integer> ids() {
            return data().withHandle(handle -> handle.createQuery("SELECT id FROM ticket")
                    .mapTo(Integer.class)
                    .set());
        }

        private void execute(String sql) {
            data().useTransaction(handle -> handle.execute(sql));
        }
    }
}
