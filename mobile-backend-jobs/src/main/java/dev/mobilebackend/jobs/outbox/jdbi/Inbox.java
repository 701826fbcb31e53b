// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox.jdbi;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.data.SqlTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What consumers have done already, so that an event which comes twice has its effect once: in the table of
 * {@link Outbox#SCHEMA}. Thread safe.
 *
 * <pre>{@code
 * database.useTransaction(handle ->
 *     inbox.once(handle, "billing", event.id(), () -> invoices.make(handle, order)));
 * }</pre>
 *
 * The broker is told that the event is done after the commit.
 */
public final class Inbox {

    private static final int LONGEST_CONSUMER = 64;
    private static final int LONGEST_ID = 200;

    private final Database database;
    private final SqlTime time;
    private final Purge old;

    private Inbox(Database database, @Nullable InstantSource clock) {
        this.database = database;
        this.time = SqlTime.of(database.dialect(), clock);
        this.old = Purge.of("mb_inbox", "seen_at < " + time.later()).inOrderOf("seen_at");
    }

    /** On the database's clock. */
    public static Inbox of(Database database) {
        return new Inbox(database, null);
    }

    /** On a clock that a test moves. */
    public static Inbox of(Database database, InstantSource clock) {
        return new Inbox(database, requireNonNull(clock, "clock must not be null: leave it out for the database's"));
    }

    /**
     * Runs the work unless this consumer has committed it for the event before, and notes that in the handle's
     * transaction. If another transaction is at the same event, waits for its end; if the work throws, nothing is noted
     * once the transaction is rolled back.
     *
     * @param consumer who it is, up to 64 characters: each does the work of an event once
     * @param eventId up to 200 characters; of events of several sources, the source must be a part of it
     * @return whether the work was run
     * @throws IllegalStateException if the handle is in no transaction: the note would outlive work that failed
     */
    public <X extends Exception> boolean once(Handle handle, String consumer, String eventId, Work<X> work) throws X {
        requireLength("consumer", consumer, LONGEST_CONSUMER);
        requireLength("eventId", eventId, LONGEST_ID);
        if (!handle.isInTransaction()) {
            throw new IllegalStateException("once must be called in a transaction, which the work is part of too:"
                    + " database.useTransaction(handle -> inbox.once(handle, ...))");
        }
        var values = new HashMap<String, Object>(time.values());
        values.put("consumer", consumer);
        values.put("event", eventId);
        boolean first = database.dialect()
                .insertIfAbsent(
                        handle,
                        "INSERT INTO mb_inbox (consumer, event, seen_at) VALUES (:consumer, :event, " + time.now()
                                + ")",
                        values);
        if (first) {
            work.run();
        }
        return first;
    }

    /**
     * Forgets some of what was seen longer ago; to be called from time to time, in no transaction. An event that comes
     * again after that has its effect again, so the age is longer than a broker may take to deliver.
     *
     * @return how many were forgotten; if as many as asked for, there may be more
     */
    public int purge(Duration age, int atMost) {
        if (age.isNegative()) {
            throw new IllegalArgumentException("age must not be negative, was " + age);
        }
        var values = new HashMap<String, Object>(time.values());
        values.put("micros", -SqlTime.micros(age));
        return old.run(database, Map.copyOf(values), atMost);
    }

    /** What is done for an event once. */
    @FunctionalInterface
    public interface Work<X extends Exception> {
        void run() throws X;
    }

    private static void requireLength(String what, String text, int most) {
        if (text.isEmpty() || text.length() > most) {
            throw new IllegalArgumentException(what + " must have 1 to " + most + " characters, had " + text.length());
        }
    }
}
