// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.data;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * The application's own database, reached through JDBI. Thread safe; holds no connection of its own.
 *
 * <pre>{@code
 * var database = Database.of(dataSource);
 * database.useTransaction(handle -> {
 *     orders.insert(handle, order);
 *     jobs.enqueue(handle, new MakeReceipt(order.id()));
 * });
 * }</pre>
 */
public final class Database {

    private static final int MOST_ATTEMPTS = 10;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);

    private final Jdbi jdbi;
    private final Dialect dialect;

    private Database(Jdbi jdbi, Dialect dialect) {
        this.jdbi = jdbi;
        this.dialect = dialect;
    }

    /**
     * Connects once to see which database it is. From then on JDBI's exceptions do not tell what was bound to a failed
     * statement. A driver's own message still may; PostgreSQL's leaves rows out with
     * {@code logServerErrorDetail=false}.
     *
     * @throws IllegalArgumentException if it is none of {@link Dialect}, or if its transactions are not READ
     *     COMMITTED unless they ask for something else: what the library does waits for rows and then reads what others
     *     have committed meanwhile, which a stricter level refuses (PostgreSQL 13.2.2)
     */
    public static Database of(DataSource dataSource) {
        requireNonNull(dataSource, "dataSource must not be null");
        return of(Jdbi.create(dataSource));
    }

    /** The same over a JDBI that the application has set up with its own plugins and mappers. */
    public static Database of(Jdbi jdbi) {
        requireNonNull(jdbi, "jdbi must not be null");
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
        Dialect dialect = jdbi.withHandle(handle -> {
            Dialect found = Dialect.of(handle);
            requireReadCommitted(handle.getTransactionIsolationLevel());
            found.prepare(handle);
            return found;
        });
        return new Database(jdbi, dialect);
    }

    private static void requireReadCommitted(TransactionIsolationLevel level) {
        if (level != TransactionIsolationLevel.READ_COMMITTED) {
            throw new IllegalArgumentException(
                    "connections must come with the isolation level READ_COMMITTED, was " + level
                            + ": set it in the pool or the database, and ask for another one where a transaction of yours needs it");
        }
    }

    public Jdbi jdbi() {
        return jdbi;
    }

    public Dialect dialect() {
        return dialect;
    }

    /**
     * Runs the callback in one transaction and commits it; an exception rolls it back and is thrown on. Where this
     * thread is in a transaction of this database already, the callback joins it.
     */
    public <R, X extends Exception> R inTransaction(HandleCallback<R, X> work) throws X {
        return jdbi.inTransaction(work);
    }

    /**
     * {@link #inTransaction} for work that may be done again. MariaDB and MySQL roll one of two transactions back where
     * each holds what the other needs, and touching other indexes of the same rows is enough for that, in whatever order:
     * the work is then done anew after a moment. Not where the thread is in a transaction, since all of that is gone.
     */
    public <R, X extends Exception> R inRetriedTransaction(HandleCallback<R, X> work) throws X {
        for (int attempt = 1; ; attempt++) {
            try {
                return inTransaction(work);
            } catch (JdbiException lost) {
                boolean again = dialect == Dialect.MARIADB
                        && attempt < MOST_ATTEMPTS
                        && (Dialect.isDeadlock(lost) || Dialect.isLockTimeout(lost))
                        && !isInTransaction();
                if (!again) {
                    throw lost;
                }
                LockSupport.parkNanos(Ambient.quickRandom().nextLong(attempt * LONGEST_PAUSE.toNanos()));
            }
        }
    }

    /** {@link #inTransaction} for work without a result. */
    public <X extends Exception> void useTransaction(HandleConsumer<X> work) throws X {
        jdbi.useTransaction(work);
    }

    /** Runs the callback on one connection, each statement by itself. */
    public <R, X extends Exception> R withHandle(HandleCallback<R, X> work) throws X {
        return jdbi.withHandle(work);
    }

    /** Whether this thread is in a transaction of this database, which {@link #inTransaction} would join. */
    public boolean isInTransaction() {
        return this.<Boolean, RuntimeException>withHandle(Handle::isInTransaction);
    }

    /** Whether the database answers on a connection; the wait counts in whole seconds, rounded up. */
    public boolean answersWithin(Duration wait) {
        int seconds = Math.toIntExact(wait.plusNanos(999_999_999).toSeconds());
        return jdbi.<Boolean, IllegalArgumentException>withHandle(handle -> {
            try {
                return handle.getConnection().isValid(seconds);
            } catch (SQLException negative) {
                throw new IllegalArgumentException("wait must not be negative, was " + wait, negative);
            }
        });
    }

    /**
     * Runs something once the handle's transaction has committed, never if it rolled back: the place for wake-ups and
     * cache invalidation. It runs on the committing thread and should return at once.
     */
    public static void afterCommit(Handle handle, Runnable action) {
        handle.afterCommit(action);
    }
}
