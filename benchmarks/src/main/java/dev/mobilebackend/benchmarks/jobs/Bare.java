// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.core.ambient.Ambient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bare LISTEN and NOTIFY over plain JDBC: a job is inserted and committed, then notified of, and a connection that
 * waits in the driver for nothing else hears it.
 *
 * @param fetching whether the listener deletes the row and runs the job before it commits that, as whoever needs the
 *     job must; otherwise it takes the number from the notification, and its row stays where it is
 */
record Bare(JobsDatabase place, boolean fetching) implements Contender {

    private static final Logger LOG = LoggerFactory.getLogger(Bare.class);

    /** How long a listener that is to end may wait in the driver. */
    private static final int PATIENCE_MILLIS = 500;

    static Bare on(JobsDatabase place, boolean fetching) throws SQLException {
        place.execute("CREATE TABLE IF NOT EXISTS bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                + " run_at timestamptz NOT NULL DEFAULT now(), attempt int NOT NULL DEFAULT 0,"
                + " kind text NOT NULL, payload text NOT NULL)");
        return new Bare(place, fetching);
    }

    @Override
    public String toString() {
        return fetching ? "LISTEN, NOTIFY and DELETE" : "LISTEN and NOTIFY alone";
    }

    @Override
    public void clear() throws SQLException {
        place.execute("TRUNCATE TABLE bare");
    }

    @Override
    public void enqueue(long number) throws SQLException {
        try (Connection connection = place.pool().getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO bare (kind, payload) VALUES ('make-receipt', ?)");
                PreparedStatement notify = connection.prepareStatement("SELECT pg_notify('bare', ?)")) {
            insert.setString(1, Long.toString(number));
            insert.executeUpdate();
            notify.setString(1, Long.toString(number));
            notify.execute();
        }
    }

    @Override
    public void enqueueAll(long first, int jobs) throws SQLException {
        for (int i = 0; i < jobs; i++) {
            enqueue(first + i);
        }
    }

    @Override
    public boolean pending() throws SQLException {
        return place.exists("SELECT 1 FROM bare");
    }

    @Override
    public Working start(LongConsumer body) throws SQLException {
        Connection connection = place.pool().getConnection();
        try (Statement listen = connection.createStatement()) {
            listen.execute("LISTEN bare");
        }
        var ending = new AtomicBoolean();
        var ended = new CountDownLatch(1);
        Ambient.threads("bare-listener")
                .newThread(() -> {
                    try (connection) {
                        while (!ending.get()) {
                            listen(connection, body);
                        }
                        connection.createStatement().execute("UNLISTEN *");
                    } catch (SQLException failed) {
                        LOG.error("the bare listener hears no more", failed);
                    } finally {
                        ended.countDown();
                    }
                })
                .start();
        return () -> {
            ending.set(true);
            try {
                ended.await();
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private void listen(Connection connection, LongConsumer body) throws SQLException {
        var heard = connection.unwrap(PGConnection.class).getNotifications(PATIENCE_MILLIS);
        if (heard == null) {
            return;
        }
        if (fetching) {
            fetch(connection, body);
            return;
        }
        for (var each : heard) {
            body.accept(Long.parseLong(each.getParameter()));
        }
    }

    private static void fetch(Connection connection, LongConsumer body) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM bare WHERE id ="
                        + " (SELECT id FROM bare ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING payload");
                ResultSet row = delete.executeQuery()) {
            if (row.next()) {
                body.accept(Long.parseLong(row.getString(1)));
            }
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
