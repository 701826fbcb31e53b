// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.data;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
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
            return insertUnlessRefused(handle, insert, values);
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
    },

    /** MariaDB from 10.6 on; MySQL from 8.0 on speaks the same, by its documentation. */
    MARIADB {
        // INSERT IGNORE would hide other errors too, and a failed statement leaves the transaction usable.
        @Override
        public boolean insertIfAbsent(Handle handle, String insert, Map<String, ?> values) {
            return insertUnlessRefused(handle, insert, values);
        }

        // Counted in whole seconds, and kept for the connection, which a pool hands to the next transaction.
        @Override
        public <R> R withLockWait(Handle handle, Duration wait, Supplier<R> work) {
            long before = handle.createQuery("SELECT @@innodb_lock_wait_timeout")
                    .mapTo(Long.class)
                    .one();
            long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
            handle.execute("SET SESSION innodb_lock_wait_timeout = " + seconds);
            try {
                return work.get();
            } finally {
                handle.execute("SET SESSION innodb_lock_wait_timeout = " + before);
            }
        }

        // DATETIME has no zone: the driver must write moments in UTC and read them so, whatever the JVM's zone is.
        @Override
        void prepare(Handle handle) {
            OffsetDateTime moment = OffsetDateTime.parse(IN_THE_HOUR_THAT_BERLIN_HAS_TWICE + "Z");
            boolean utc = handle.createQuery("SELECT CAST(CAST(:moment AS DATETIME(6)) AS CHAR(26)) AS written,"
                            + " CAST(:text AS DATETIME(6)) AS moment")
                    .bind("moment", moment)
                    .bind("text", IN_THE_HOUR_THAT_BERLIN_HAS_TWICE.replace('T', ' '))
                    .map((row, context) ->
                            IN_THE_HOUR_THAT_BERLIN_HAS_TWICE.replace('T', ' ').equals(row.getString("written"))
                                    && moment.isEqual(row.getObject("moment", OffsetDateTime.class)))
                    .one();
            if (!utc) {
                throw new IllegalArgumentException("connections to MariaDB must read and write times in UTC, and do so"
                        + " in another zone: add connectionTimeZone=UTC&preserveInstants=true to the JDBC URL");
            }
        }
    };

    private static final String IN_THE_HOUR_THAT_BERLIN_HAS_TWICE = "2026-10-25T00:30:00.123456";

    private static final String UNIQUE_VIOLATION = "23505";
    private static final int DUPLICATE_ENTRY = 1062;
    private static final int LOCK_WAIT_TIMEOUT = 1205;

    /** Runs an INSERT unless a row with its key is there; waits for a concurrent transaction that has the same key. */
    public abstract boolean insertIfAbsent(Handle handle, String insert, Map<String, ?> values);

    /**
     * Does some of a transaction's work with a bound on how long each of its statements waits for a lock; then it
     * fails, see {@link #isLockTimeout}. What comes after in the transaction waits as long as the database is set up
     * to.
     */
    public abstract <R> R withLockWait(Handle handle, Duration wait, Supplier<R> work);

    abstract void prepare(Handle handle);

    /**
     * What refuses this database, for a module whose tables it does not have.
     *
     * @param what does not work, such as {@code accounts}
     */
    public IllegalArgumentException refused(String what) {
        return new IllegalArgumentException(what + " must be in PostgreSQL or H2, was " + name()
                + ": on MariaDB and MySQL work background jobs with their flows, schedules and dashboard, the outbox and"
                + " the devices of push");
    }

    private static boolean insertUnlessRefused(Handle handle, String insert, Map<String, ?> values) {
        try {
            return handle.createUpdate(insert).bindMap(values).execute() == 1;
        } catch (JdbiException e) {
            if (isUniqueViolation(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Whether a statement gave up because another transaction held what it needed. */
    public static boolean isLockTimeout(JdbiException e) {
        String state = sqlState(e);
        return "55P03".equals(state) || "HYT00".equals(state) || isCode(e, "HY000", LOCK_WAIT_TIMEOUT);
    }

    /** Whether a transaction was rolled back because it and another one each held what the other needed. */
    public static boolean isDeadlock(JdbiException e) {
        String state = sqlState(e);
        return "40P01".equals(state) || "40001".equals(state);
    }

    /** Whether a statement was refused because a row with its key is there. */
    public static boolean isUniqueViolation(JdbiException e) {
        return UNIQUE_VIOLATION.equals(sqlState(e)) || isCode(e, "23000", DUPLICATE_ENTRY);
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
            case "MariaDB", "MySQL" -> MARIADB;
            default ->
                throw new IllegalArgumentException(
                        "the database must be PostgreSQL, H2, MariaDB or MySQL, was " + product + ": use one of those");
        };
    }

    /** Where many errors share a state, the vendor's number tells them apart. */
    private static boolean isCode(JdbiException e, String state, int code) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && state.equals(sql.getSQLState()) && sql.getErrorCode() == code) {
                return true;
            }
        }
        return false;
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
