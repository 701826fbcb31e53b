// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox.jdbi;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.outbox.BlockedEvent;
import dev.mobilebackend.jobs.outbox.NewEvent;
import dev.mobilebackend.jobs.outbox.OutboxState;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Where transactions leave their events for other systems, in the tables of {@link #SCHEMA}: an event goes out if and
 * only if its transaction commits. An {@link OutboxRelay} sends it. Thread safe.
 *
 * <pre>{@code
 * var outbox = Outbox.of(database, jobs, "/shop");
 * database.useTransaction(handle -> {
 *     orders.insert(handle, order);
 *     outbox.publish(handle, NewEvent.of("orders", new OrderPlaced(order.id())).subject(order.id()));
 * });
 * }</pre>
 *
 * From its first event of a topic and subject to its end, a transaction holds others back that publish one of the same;
 * so these go out in the order of their commits, however late one commits. Publish last, and subjects that many
 * transactions share at once not at all.
 */
public final class Outbox {

    /** The tables of the outbox and of the {@link Inbox}. */
    public static final SchemaPart SCHEMA =
            new SchemaPart("outbox", Outbox.class.getClassLoader(), List.of("V308__outbox.sql"));

    /** What wakes the relay, among the names of the queues of jobs. */
    static final String WAKE = "mb.outbox";

    private static final int LONGEST_SOURCE = 200;

    private final Database database;
    private final JdbiJobStore jobs;
    private final String source;
    private final OutboxRows rows;
    private final InstantSource idClock;
    private final RandomGenerator random = Ambient.random();

    private Outbox(Database database, JdbiJobStore jobs, String source, @Nullable InstantSource clock) {
        this.database = requireNonNull(database, "database must not be null");
        this.jobs = requireNonNull(jobs, "jobs must not be null: such as JdbiJobStore.of(database)");
        if (source.isBlank() || source.length() > LONGEST_SOURCE) {
            throw new IllegalArgumentException("source must name the application in 1 to " + LONGEST_SOURCE
                    + " characters, such as /shop, was \"" + source + "\"");
        }
        this.source = source;
        this.rows = new OutboxRows(database, clock);
        this.idClock = clock == null ? Ambient.clock() : clock;
    }

    /**
     * On the database's clock.
     *
     * @param jobs of the same database: its wake-ups reach the relay too
     * @param source which application the events are from, such as {@code /shop}
     */
    public static Outbox of(Database database, JdbiJobStore jobs, String source) {
        return new Outbox(database, jobs, source, null);
    }

    /** On a clock that a test moves. */
    public static Outbox of(Database database, JdbiJobStore jobs, String source, InstantSource clock) {
        return new Outbox(database, jobs, source, clock);
    }

    /** Adds an event in the handle's transaction and returns its id: if that rolls back, the event never was. */
    public String publish(Handle handle, NewEvent event) {
        return publishAll(handle, List.of(event)).get(0);
    }

    /**
     * Adds events and returns their ids in the same order. Where a transaction has several subjects, this takes them in
     * an order of its own, so that two such transactions never wait for each other in a circle.
     */
    public List<String> publishAll(Handle handle, List<NewEvent> events) {
        if (events.isEmpty()) {
            return List.of();
        }
        List<String> ids = events.stream()
                .map(event -> EventId.next(idClock.instant(), random))
                .toList();
        rows.add(handle, source, ids, events);
        jobs.wake(handle, WAKE);
        return ids;
    }

    /** How far the relay is behind. */
    public OutboxState state() {
        return database.withHandle(rows::state);
    }

    /** Events that have failed and hold up their subjects, oldest first. */
    public List<BlockedEvent> blocked(int limit) {
        return database.withHandle(handle -> rows.blocked(handle, limit));
    }

    /** Lets a blocked event be tried now; false if there is no such event. */
    public boolean retry(String id) {
        return database.inTransaction(handle -> {
            boolean found = rows.retry(handle, id);
            jobs.wake(handle, WAKE);
            return found;
        });
    }

    /** Gives a blocked event up, so that its subject goes on without it; false if there is no such event. */
    public boolean discard(String id) {
        return database.inTransaction(handle -> {
            boolean found = rows.discard(handle, id);
            jobs.wake(handle, WAKE);
            return found;
        });
    }

    OutboxRows rows() {
        return rows;
    }

    JdbiJobStore jobs() {
        return jobs;
    }
}
