// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox.jdbi;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.core.digest.Sha256;
import dev.mobilebackend.jobs.outbox.BlockedEvent;
import dev.mobilebackend.jobs.outbox.NewEvent;
import dev.mobilebackend.jobs.outbox.OutboxEvent;
import dev.mobilebackend.jobs.outbox.OutboxState;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.array.SqlArrayTypes;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table of events. What is in it is not sent: a relay deletes what it has sent, and remembers no position, since a
 * transaction that drew an earlier one may commit later.
 */
final class OutboxRows {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};
    private static final String COLUMNS =
            "position, id, source, topic, subject, type, version, published_at, headers, data, attempt, retry_at, error";

    /** The first of the two numbers of an advisory lock: they share no lock with a caller's single ones. */
    private static final int LOCK_CLASS = 0x6d626f62;

    private static final int LANES = 256;

    private final Dialect dialect;
    private final Database database;
    private final SqlTime time;

    /** An event's row. */
    record Row(
            long position,
            OutboxEvent event,
            int attempt,
            @Nullable Instant retryAt,
            @Nullable String error) {

        /** What keeps its order with it; an event without a subject has nothing of the kind. */
        Object lane() {
            String subject = event.subject();
            return subject == null ? event.id() : List.of(event.topic(), subject);
        }
    }

    /** A row that was not sent, and when it may be tried again. */
    record Failure(Row row, Duration delay, String error) {}

    OutboxRows(Database database, @Nullable InstantSource clock) {
        this.database = database;
        this.dialect = database.dialect();
        this.time = SqlTime.of(dialect, clock);
    }

    /**
     * A position is drawn only once the lock of the subject is held, to the end of the transaction: so the positions of
     * a subject are in the order of the commits, and whoever sees one sees all before it.
     */
    void add(Handle handle, String source, List<String> ids, List<NewEvent> events) {
        List<Integer> locks = events.stream()
                .filter(event -> event.subject() != null)
                .map(event -> lock(event.topic(), requireNonNull(event.subject())))
                .distinct()
                .sorted()
                .toList();
        if (!locks.isEmpty()) {
            lock(handle, locks);
        }
        PreparedBatch batch = handle.prepareBatch("INSERT INTO mb_outbox (id, source, topic, subject, type, version,"
                + " published_at, headers, data) VALUES (:id, :source, :topic, :subject, :type, :version, "
                + time.now() + ", :headers, :data)");
        for (int place = 0; place < ids.size(); place++) {
            NewEvent event = events.get(place);
            time.bind(batch)
                    .bind("id", ids.get(place))
                    .bind("source", source)
                    .bind("topic", event.topic())
                    .bind("subject", event.subject())
                    .bind("type", event.type())
                    .bind("version", event.version())
                    .bind("headers", JSON.writeValueAsString(event.headers()))
                    .bind("data", event.data())
                    .add();
        }
        batch.execute();
    }

    /** The first that may be sent; none behind a failed one of its subject. */
    List<Row> due(int limit) {
        return database.withHandle(handle -> time.bind(handle.createQuery("SELECT " + COLUMNS + " FROM mb_outbox o"
                        + " WHERE (retry_at IS NULL OR retry_at <= " + time.now() + ") AND NOT EXISTS (SELECT 1"
                        + " FROM mb_outbox b WHERE b.attempt > 0 AND b.topic = o.topic AND b.subject = o.subject"
                        + " AND b.position < o.position AND b.retry_at > " + time.now() + ")"
                        + " ORDER BY position LIMIT :limit"))
                .bind("limit", limit)
                .map(ROW)
                .list());
    }

    /** What was sent is gone, and what was not is tried again. */
    void settle(List<Row> sent, List<Failure> failed) {
        database.useTransaction(handle -> {
            if (!sent.isEmpty()) {
                handle.createUpdate("DELETE FROM mb_outbox WHERE position IN (<positions>)")
                        .bindList("positions", sent.stream().map(Row::position).toList())
                        .execute();
            }
            for (Failure failure : failed) {
                time.bind(handle.createUpdate("UPDATE mb_outbox SET attempt = attempt + 1, retry_at = " + time.later()
                                + ", error = :error WHERE position = :position"))
                        .bind("micros", SqlTime.micros(failure.delay()))
                        .bind("error", failure.error())
                        .bind("position", failure.row().position())
                        .execute();
            }
        });
    }

    /** Takes the relay's lease or extends it; false while another has it. */
    boolean lease(long owner, Duration length) {
        return database.inTransaction(
                handle -> time.bind(handle.createUpdate("UPDATE mb_outbox_relay SET owner = :owner, lease_until = "
                                        + time.later() + " WHERE name = 'outbox' AND (owner = :owner OR lease_until <= "
                                        + time.now() + ")"))
                                .bind("owner", owner)
                                .bind("micros", SqlTime.micros(length))
                                .execute()
                        == 1);
    }

    void release(long owner) {
        database.useTransaction(handle -> time.bind(handle.createUpdate("UPDATE mb_outbox_relay SET lease_until = "
                        + time.now() + " WHERE name = 'outbox' AND owner = :owner"))
                .bind("owner", owner)
                .execute());
    }

    OutboxState state(Handle handle) {
        return time.bind(handle.createQuery("SELECT count(*) AS waiting,"
                        + " count(CASE WHEN attempt > 0 THEN 1 END) AS blocked, min(published_at) AS oldest, "
                        + time.now() + " AS read_at FROM mb_outbox"))
                .map((row, context) -> {
                    Instant oldest = instant(row, "oldest");
                    Instant now = requireNonNull(instant(row, "read_at"));
                    return new OutboxState(
                            row.getLong("waiting"),
                            row.getLong("blocked"),
                            oldest == null || oldest.isAfter(now) ? Duration.ZERO : Duration.between(oldest, now));
                })
                .one();
    }

    List<BlockedEvent> blocked(Handle handle, int limit) {
        return handle.createQuery(
                        "SELECT " + COLUMNS + " FROM mb_outbox WHERE attempt > 0 ORDER BY position LIMIT :limit")
                .bind("limit", limit)
                .map(ROW)
                .map(row -> new BlockedEvent(
                        row.event(), row.attempt(), requireNonNull(row.error()), requireNonNull(row.retryAt())))
                .list();
    }

    boolean retry(Handle handle, String id) {
        return time.bind(handle.createUpdate(
                                "UPDATE mb_outbox SET retry_at = " + time.now() + " WHERE attempt > 0 AND id = :id"))
                        .bind("id", id)
                        .execute()
                == 1;
    }

    boolean discard(Handle handle, String id) {
        return handle.createUpdate("DELETE FROM mb_outbox WHERE attempt > 0 AND id = :id")
                        .bind("id", id)
                        .execute()
                == 1;
    }

    private void lock(Handle handle, List<Integer> locks) {
        if (dialect == Dialect.POSTGRESQL) {
            handle.getConfig(SqlArrayTypes.class).register(Integer.class, "integer");
            handle.createQuery("SELECT pg_advisory_xact_lock(:class, n) FROM (SELECT n FROM unnest(:locks) AS l (n)"
                            + " ORDER BY n OFFSET 0) AS sorted")
                    .bind("class", LOCK_CLASS)
                    .bindArray("locks", Integer.class, locks)
                    .mapTo(String.class)
                    .list();
            return;
        }
        List<Integer> lanes = locks.stream()
                .map(lock -> Math.floorMod(lock, LANES))
                .distinct()
                .sorted()
                .toList();
        for (int lane : lanes) {
            handle.createQuery("SELECT lane FROM mb_outbox_lane WHERE lane = :lane FOR UPDATE")
                    .bind("lane", lane)
                    .mapTo(Integer.class)
                    .one();
        }
    }

    private static int lock(String topic, String subject) {
        return ByteBuffer.wrap(Sha256.of(topic + '\0' + subject)).getInt();
    }

    private static final RowMapper<Row> ROW = OutboxRows::row;

    private static Row row(ResultSet row, StatementContext context) throws SQLException {
        return new Row(
                row.getLong("position"),
                new OutboxEvent(
                        row.getString("id"),
                        row.getString("source"),
                        row.getString("type"),
                        row.getInt("version"),
                        row.getString("subject"),
                        requireNonNull(instant(row, "published_at")),
                        row.getString("topic"),
                        JSON.readValue(row.getString("headers"), HEADERS),
                        row.getString("data")),
                row.getInt("attempt"),
                instant(row, "retry_at"),
                row.getString("error"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
