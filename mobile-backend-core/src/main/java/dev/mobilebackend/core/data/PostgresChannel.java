// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.data;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * PostgreSQL's {@code LISTEN}, on a connection that it keeps for itself, with the driver {@code org.postgresql}. A pool
 * between us and the database that shares connections by transaction lets nothing through, so whoever listens looks by
 * itself too, less often. For one thread at a time.
 */
public final class PostgresChannel implements AutoCloseable {

    private static final int ALIVE_WITHIN_SECONDS = 2;

    private final Database database;
    private final String name;
    private @Nullable Handle handle;
    private boolean committedByItself;

    /** Not listening yet; the name is an identifier of ours, never a user's. */
    public PostgresChannel(Database database, String name) {
        this.database = database;
        this.name = name;
    }

    /**
     * Begins to listen, or makes sure that it still does: what is committed from then on is heard.
     *
     * @return whether it began just now, so that something may have been missed
     * @throws IllegalStateException if it can't; it may be tried again later
     */
    public boolean listen() {
        if (handle != null && isAlive(handle)) {
            return false;
        }
        close();
        Handle opened = database.jdbi().open();
        handle = opened;
        committedByItself = true;
        try {
            Connection connection = opened.getConnection();
            notifications(connection);
            committedByItself = connection.getAutoCommit();
            connection.setAutoCommit(true);
            opened.execute("LISTEN " + name);
        } catch (SQLException | RuntimeException | NoClassDefFoundError refused) {
            close();
            throw new IllegalStateException("could not listen to PostgreSQL: is its driver org.postgresql?", refused);
        }
        return true;
    }

    /**
     * What was notified since the last call, waiting for the first of it as long as told, in whole milliseconds and one
     * at least: over TLS only a read finds out whether there is something.
     *
     * @throws IllegalStateException if it does not listen any more
     */
    public List<String> await(Duration wait) {
        if (handle == null) {
            throw new IllegalStateException("nobody listens");
        }
        try {
            int millis = Math.toIntExact(Math.max(1, wait.toMillis()));
            PGNotification[] heard = notifications(handle.getConnection()).getNotifications(millis);
            return heard == null
                    ? List.of()
                    : Arrays.stream(heard).map(PGNotification::getParameter).toList();
        } catch (SQLException broken) {
            close();
            throw new IllegalStateException("the connection that listened is broken", broken);
        }
    }

    /** Stops listening and gives the connection back. */
    @Override
    public void close() {
        Handle closing = handle;
        handle = null;
        if (closing == null) {
            return;
        }
        try (closing) {
            closing.execute("UNLISTEN " + name);
            closing.getConnection().setAutoCommit(committedByItself);
        } catch (SQLException | JdbiException broken) {
            // nothing is left to undo on a connection that is gone
        }
    }

    private static boolean isAlive(Handle handle) {
        try {
            return handle.getConnection().isValid(ALIVE_WITHIN_SECONDS);
        } catch (SQLException broken) {
            return false;
        }
    }

    private static PGConnection notifications(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class);
    }
}
