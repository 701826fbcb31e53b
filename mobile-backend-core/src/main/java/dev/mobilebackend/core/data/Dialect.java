// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.data;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.MetaData;

/** A database we speak to: the few places where its SQL differs from the others'. */
public enum Dialect {
    POSTGRESQL {
        @Override
        public boolean insertIfAbsent(Handle handle, String insert, Map<String, ?> values) {
            return handle.createUpdate(insert + " ON CONFLICT DO NOTHING")
                            .bindMap(values)
                            .execute()
                    == 1;
        }

        @Override
        public <R> R withLockWait(Handle handle, Duration wait, Supplier<R> work) {
            String before = handle.createQuery(
                            "SELECT current_setting('lock_timeout'), set_config('lock_timeout', :wait, true)")
                    .bind("wait", Long.toString(Math.max(1, wait.toMillis())))
                    .mapTo(String.class)
                    .one();
            R result = work.get();
            // Where the work throws, PostgreSQL takes no more statements and the rollback ends the limit.
            handle.createQuery("SELECT set_config('lock_timeout', :before, true)")
                    .bind("before", before)
                    .mapTo(String.class)
                    .one();
            return result;
        }

        @Override
        void prepare(Handle handle) {}
    },

    H2 {
        // H2 has no ON CONFLICT; a failed statement leaves the transaction usable there, so the error is the answer.
        @Override
        public boolean insertIfAbsent(Handle handle, String insert, Map<String, ?> values) {
            try {
                return handle.createUpdate(insert).bindMap(values).execute() == 1;
            } catch (JdbiException e) {
                if (isUniqueViolation(e)) {
                    return false;
                }
                throw e;
            }
        }

        // H2 keeps the limit for the connection, and a pool hands that to the next transaction: put it back.
        @Override
        public <R> R withLockWait(Handle handle, Duration wait, Supplier<R> work) {
            long before =
                    handle.createQuery("CALL LOCK_TIMEOUT()").mapTo(Long.class).one();
            handle.execute("SET LOCK_TIMEOUT " + Math.max(1, wait.toMillis()));
            try {
                return work.get();
            } finally {
                handle.execute("SET LOCK_TIMEOUT " + before);
            }
        }

        // By default a commit reaches the disk up to 500 ms later, and a killed process loses it.
        @Override
        void prepare(Handle handle) {
            handle.execute("SET WRITE_DELAY 0");
        }
    };

    private static final String UNIQUE_VIOLATION = "23505";

    /** Runs an INSERT unless a row with its key is there; waits for a concurrent transaction that has the same key. */
    public abstract boolean insertIfAbsent(Handle handle, String insert, Map<String, ?> values);

    /**
     * Does some of a transaction's work with a bound on how long each of its statements waits for a lock; then it
     * fails, see {@link #isLockTimeout}. What comes after in the transaction waits as long as the database is set up
     * to.
     */
    public abstract <R> R withLockWait(Handle handle, Duration wait, Supplier<R> work);

    abstract void prepare(Handle handle);

    /** Whether a statement gave up because another transaction held what it needed. */
    public static boolean isLockTimeout(JdbiException e) {
        String state = sqlState(e);
        return "55P03".equals(state) || "HYT00".equals(state);
    }

    /** Whether a transaction was rolled back because it and another one each held what the other needed. */
    public static boolean isDeadlock(JdbiException e) {
        String state = sqlState(e);
        return "40P01".equals(state) || "40001".equals(state);
    }

    /** Whether a statement was refused because a row with its key is there. */
    public static boolean isUniqueViolation(JdbiException e) {
        return UNIQUE_VIOLATION.equals(sqlState(e));
    }

    /** The folder name of this dialect's scripts. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Dialect of(Handle handle) {
        MetaData.MetaDataValueProvider<String> productName = DatabaseMetaData::getDatabaseProductName;
        String product = handle.queryMetadata(productName);
        return switch (product) {
            case "PostgreSQL" -> POSTGRESQL;
            case "H2" -> H2;
            default ->
                throw new IllegalArgumentException(
                        "the database must be PostgreSQL or H2, was " + product + ": use one of those two");
        };
    }

    private static String sqlState(JdbiException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }
}
