// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * An empty database for a test, gone when it is closed. PostgreSQL databases stand in one real server that the whole
 * JVM shares, started when the first is asked for and stopped when the JVM ends.
 *
 * <pre>{@code
 * try (var database = TestDatabase.postgres()) {
 *     Schema.install(database.database(), Schema.CORE);
 * }
 * }</pre>
 *
 * Thread safe.
 */
public final class TestDatabase implements AutoCloseable {

    private static final int CONNECTIONS = 16;
    private static final String H2_USER = "sa";
    private static final AtomicLong COUNT = new AtomicLong();

    private final String jdbcUrl;
    private final String user;
    private final String password;
    private final Runnable drop;
    private final HikariDataSource pool;
    private final Database database;

    private TestDatabase(String jdbcUrl, String user, String password, Runnable drop) {
        this.jdbcUrl = jdbcUrl;
        this.user = user;
        this.password = password;
        this.drop = drop;
        this.pool = pool(jdbcUrl, user, password);
        this.database = Database.of(pool);
    }

    /**
     * A database in the shared PostgreSQL server. That server runs with {@code fsync} and {@code synchronous_commit}
     * off: fast, and right for every test that does not crash the database itself.
     */
    public static TestDatabase postgres() {
        return in(PostgresServer.shared(), "template1");
    }

    /** A database in a second shared PostgreSQL server that keeps every commit through a crash, as production does. */
    public static TestDatabase durablePostgres() {
        return in(PostgresServer.durable(), "template1");
    }

    /** A database in the memory of this JVM. */
    public static TestDatabase h2() {
        String url = "jdbc:h2:mem:test_" + COUNT.incrementAndGet() + ";DB_CLOSE_DELAY=-1";
        return new TestDatabase(url, H2_USER, "", () -> shutDown(url));
    }

    /** An H2 database in a file of the given folder; the file outlives {@link #close}, and may be opened again. */
    public static TestDatabase h2File(Path folder) {
        String url = "jdbc:h2:file:" + folder.toAbsolutePath().resolve("test");
        return new TestDatabase(url, H2_USER, "", () -> {});
    }

    /**
     * A database in a server of the test's own.
     *
     * @param drop runs when it is closed
     */
    public static TestDatabase at(String jdbcUrl, String user, String password, Runnable drop) {
        return new TestDatabase(jdbcUrl, user, password, drop);
    }

    /** {@link #postgres()} or {@link #h2()}: for tests that run on each dialect in turn. */
    public static TestDatabase of(Dialect dialect) {
        return switch (dialect) {
            case POSTGRESQL -> postgres();
            case H2 -> h2();
            case MARIADB ->
                throw new IllegalArgumentException(
                        "no MariaDB comes with the testkit: start one and hand it in with TestDatabase.at");
        };
    }

    /** A template: the preparation runs once, and each {@link TestDatabaseTemplate#copy} starts with its result. */
    public static TestDatabaseTemplate template(Dialect dialect, Consumer<Database> preparation) {
        return TestDatabaseTemplate.prepared(dialect, preparation);
    }

    public Database database() {
        return database;
    }

    /** A pool of up to 16 connections. */
    public DataSource dataSource() {
        return pool;
    }

    /** Where another process or pool reaches the same database; H2 in memory is reached from this JVM only. */
    public String jdbcUrl() {
        return jdbcUrl;
    }

    public String user() {
        return user;
    }

    public String password() {
        return password;
    }

    /** Closes the pool and drops the database, whoever is still connected to it. */
    @Override
    public void close() {
        if (!pool.isClosed()) {
            pool.close();
            drop.run();
        }
    }

    @Override
    public String toString() {
        return "TestDatabase[" + jdbcUrl + "]";
    }

    static TestDatabase in(PostgresServer server, String template) {
        String name = "test_" + COUNT.incrementAndGet();
        server.create(name, template);
        return new TestDatabase(
                server.jdbcUrl(name), PostgresServer.USER, PostgresServer.PASSWORD, () -> server.drop(name));
    }

    /** Disconnects, so that the database can serve as a template, and leaves it where it is. */
    String keepAsTemplate() {
        pool.close();
        return jdbcUrl.substring(jdbcUrl.lastIndexOf('/') + 1);
    }

    private static void shutDown(String h2Url) {
        try (var connection = DriverManager.getConnection(h2Url, H2_USER, "");
                var statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException failed) {
            throw new IllegalStateException("could not drop " + h2Url, failed);
        }
    }

    private static HikariDataSource pool(String jdbcUrl, String user, String password) {
        var config = new HikariConfig();
        config.setPoolName("test");
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        return new HikariDataSource(config);
    }
}
