// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** A PostgreSQL server that the JVM shares; its own shutdown hook stops it and deletes its files. */
final class PostgresServer {

    static final String USER = "postgres";
    static final String PASSWORD = "postgres";

    /** A busy machine takes longer than the ten seconds that are the default. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final List<String> CRASH_SAFETY = List.of("fsync", "synchronous_commit", "full_page_writes");

    private final EmbeddedPostgres server;

    private PostgresServer(String crashSafety) {
        var builder = EmbeddedPostgres.builder().setPGStartupWait(PATIENCE);
        CRASH_SAFETY.forEach(setting -> builder.setServerConfig(setting, crashSafety));
        try {
            server = builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException("the embedded PostgreSQL did not start", failed);
        }
        CRASH_SAFETY.forEach(setting -> require(setting, crashSafety));
    }

    static PostgresServer shared() {
        return Shared.SERVER;
    }

    static PostgresServer durable() {
        return Durable.SERVER;
    }

    String jdbcUrl(String name) {
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + name;
    }

    void create(String name, String template) {
        execute("CREATE DATABASE " + name + " TEMPLATE " + template);
    }

    void drop(String name) {
        execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    /** The embedded server's own defaults set some of these by command line switches: believe only what it says. */
    private void require(String setting, String expected) {
        try (var connection = connect();
                var statement = connection.createStatement();
                var answer = statement.executeQuery("SHOW " + setting)) {
            answer.next();
            if (!answer.getString(1).equals(expected)) {
                throw new IllegalStateException("the embedded PostgreSQL must run with " + setting + "=" + expected
                        + ", was " + answer.getString(1));
            }
        } catch (SQLException failed) {
            throw new IllegalStateException("the embedded PostgreSQL did not answer SHOW " + setting, failed);
        }
    }

    private void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException("the embedded PostgreSQL refused: " + sql, failed);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl("postgres"), USER, PASSWORD);
    }

    private static final class Shared {
        static final PostgresServer SERVER = new PostgresServer("off");
    }

    private static final class Durable {
        static final PostgresServer SERVER = new PostgresServer("on");
    }
}
