// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session.jdbi;

import dev.mobilebackend.auth.session.RevocationSignal;
import dev.mobilebackend.core.data.Database;
import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * PostgreSQL's {@code LISTEN}, on a connection that it keeps for itself. A pool between us and the database that shares
 * connections by transaction lets nothing through: then the feed still reads every few seconds.
 */
final class PostgresRevocationSignal implements RevocationSignal {

    /** Over TLS only a read finds out whether there is something, and one millisecond is the shortest there is. */
    private static final int WAIT_MILLIS = 1;

    private static final int ALIVE_WITHIN_SECONDS = 2;

    private final Database database;
    private @Nullable Handle handle;
    private boolean committedByItself;

    PostgresRevocationSignal(Database database) {
        this.database = database;
    }

    @Override
    public void listen() {
        if (handle != null && isAlive(handle)) {
            return;
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
            opened.execute("LISTEN " + JdbiSessionStore.CHANNEL);
        } catch (SQLException | RuntimeException | NoClassDefFoundError refused) {
            close();
            throw new IllegalStateException("could not listen to PostgreSQL: is its driver org.postgresql?", refused);
        }
    }

    @Override
    public boolean isRaised() {
        if (handle == null) {
            throw new IllegalStateException("nobody listens");
        }
        try {
            PGNotification[] heard = notifications(handle.getConnection()).getNotifications(WAIT_MILLIS);
            return heard != null && heard.length > 0;
        } catch (SQLException broken) {
            close();
            throw new IllegalStateException("the connection that listened is broken", broken);
        }
    }

    @Override
    public void close() {
        Handle closing = handle;
        handle = null;
        if (closing == null) {
            return;
        }
        try (closing) {
            closing.execute("UNLISTEN " + JdbiSessionStore.CHANNEL);
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
