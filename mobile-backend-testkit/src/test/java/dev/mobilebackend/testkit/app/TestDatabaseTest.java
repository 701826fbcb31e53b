// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestDatabaseTest {

    @ParameterizedTest
    @EnumSource(
            value = Dialect.class,
            names = {"POSTGRESQL", "H2"})
    void isEmptyAndKnowsItsDialect(Dialect dialect) {
        try (var first = TestDatabase.of(dialect);
                var second = TestDatabase.of(dialect)) {
            Schema.install(first.database(), Schema.CORE);

            assertEquals(dialect, second.database().dialect());
            assertEquals(0, tables(second, "mb_schema"));
            assertEquals(1, tables(first, "mb_schema"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Dialect.class,
            names = {"POSTGRESQL", "H2"})
    void isReachedByItsUrl(Dialect dialect) throws SQLException {
        try (var database = TestDatabase.of(dialect)) {
            database.database().useTransaction(handle -> handle.execute("CREATE TABLE note (text VARCHAR(10))"));

            try (var connection =
                            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                    var statement = connection.createStatement()) {
                assertEquals(1, statement.executeUpdate("INSERT INTO note VALUES ('kept')"));
            }
        }
    }

    @Test
    void closingDropsThePostgresDatabaseUnderAConnectionThatIsStillOpen() throws SQLException {
        var database = TestDatabase.postgres();
        try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
            database.close();

            assertThrows(SQLException.class, () -> connection.createStatement().execute("SELECT 1"));
            assertThrows(
                    SQLException.class,
                    () -> DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password()));
        }
    }

    @Test
    void closingDropsTheH2Database() throws SQLException {
        var database = TestDatabase.h2();
        database.database().useTransaction(handle -> handle.execute("CREATE TABLE note (text VARCHAR(10))"));

        database.close();

        try (var reopened = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                var statement = reopened.createStatement()) {
            assertThrows(SQLException.class, () -> statement.execute("SELECT * FROM note"));
            statement.execute("SHUTDOWN");
        }
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterwardsFails() {
        var database = TestDatabase.h2();

        database.close();
        database.close();

        assertThrows(ConnectionException.class, () -> database.database()
                .useTransaction(handle -> handle.execute("SELECT 1")));
    }

    @Test
    void anH2FileIsThereAgainWhenItIsOpenedAgain(@TempDir Path folder) {
        try (var first = TestDatabase.h2File(folder)) {
            first.database().useTransaction(handle -> handle.execute("CREATE TABLE note (text VARCHAR(10))"));
        }

        try (var second = TestDatabase.h2File(folder)) {
            assertEquals(1, tables(second, "note"));
        }
    }

    @Test
    void theSharedServerTradesCrashSafetyForSpeed() {
        try (var database = TestDatabase.postgres()) {
            assertEquals("off", show(database, "fsync"));
            assertEquals("off", show(database, "synchronous_commit"));
        }
    }

    @Test
    void theDurableServerKeepsEveryCommit() {
        try (var database = TestDatabase.durablePostgres()) {
            assertEquals("on", show(database, "fsync"));
            assertEquals("on", show(database, "synchronous_commit"));
            assertEquals("on", show(database, "full_page_writes"));
            assertTrue(show(database, "server_version").startsWith("18."));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Dialect.class,
            names = {"POSTGRESQL", "H2"})
    void copiesOfATemplateStartWithWhatWasPreparedOnceAndNeverMeet(Dialect dialect) {
        var preparations = new AtomicInteger();
        try (var template = TestDatabase.template(dialect, database -> {
                    preparations.incrementAndGet();
                    seed(database);
                });
                var first = template.copy();
                var second = template.copy()) {
            first.database().useTransaction(handle -> handle.execute("INSERT INTO note VALUES ('mine')"));

            assertEquals(2, notes(first));
            assertEquals(1, notes(second));
            assertEquals(1, preparations.get());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Dialect.class,
            names = {"POSTGRESQL", "H2"})
    void aPreparationThatFailsIsReportedAsItIsAndLeavesNothingBehind(Dialect dialect) {
        var prepared = new AtomicReference<Database>();

        var failure = assertThrows(
                IllegalStateException.class,
                () -> TestDatabase.template(dialect, database -> {
                    prepared.set(database);
                    throw new IllegalStateException("no seed today");
                }));

        assertEquals("no seed today", failure.getMessage());
        assertThrows(ConnectionException.class, () -> seed(prepared.get()));
    }

    private static void seed(Database database) {
        database.useTransaction(handle -> {
            handle.execute("CREATE TABLE note (text VARCHAR(10))");
            handle.execute("INSERT INTO note VALUES ('seeded')");
        });
    }

    private static int notes(TestDatabase database) {
        return database.database()
                .<Integer, RuntimeException>withHandle(handle -> handle.createQuery("SELECT count(*) FROM note")
                        .mapTo(Integer.class)
                        .one());
    }

    private static int tables(TestDatabase database, String name) {
        return database.database().<Integer, RuntimeException>withHandle(handle -> handle.createQuery(
                        "SELECT count(*) FROM information_schema.tables WHERE lower(table_name) = :name")
                .bind("name", name)
                .mapTo(Integer.class)
                .one());
    }

    private static String show(TestDatabase database, String setting) {
        return database.database().<String, RuntimeException>withHandle(handle -> handle.createQuery("SHOW " + setting)
                .mapTo(String.class)
                .one());
    }
}
