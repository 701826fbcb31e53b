// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The one pool that all contenders of a process share: 32 connections, set to what is quickest for batches. */
final class JobsDatabase implements AutoCloseable {

    private static final int CONNECTIONS = 32;

    private final HikariDataSource pool;

    private JobsDatabase(HikariDataSource pool) {
        this.pool = pool;
    }

    static JobsDatabase of(TestDatabase opened) {
        return open(opened.jdbcUrl(), opened.user(), opened.password());
    }

    static JobsDatabase open(String jdbcUrl, String user, String password) {
        var config = new HikariConfig();
        config.setPoolName("jobs");
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(CONNECTIONS);
        if (jdbcUrl.startsWith("jdbc:postgresql:")) {
            config.addDataSourceProperty("reWriteBatchedInserts", "true");
        }
        return new JobsDatabase(new HikariDataSource(config));
    }

    DataSource pool() {
        return pool;
    }

    /** The library's view of it; on H2 this is what makes commits durable. */
    Database database() {
        return Database.of(pool);
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** The first column of the first row. */
    String one(String query) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                throw new SQLException("no row for " + query);
            }
            return row.getString(1);
        }
    }

    boolean exists(String query) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query + " LIMIT 1")) {
            return row.next();
        }
    }

    /** What PostgreSQL itself says of how it keeps commits. */
    String durability() throws SQLException {
        return "fsync " + one("SHOW fsync") + ", synchronous_commit " + one("SHOW synchronous_commit")
                + ", wal_sync_method " + one("SHOW wal_sync_method");
    }

    @Override
    public void close() {
        pool.close();
    }
}
