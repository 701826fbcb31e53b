// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.stream.Collectors.joining;

import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.JobPriority;
import dev.mobilebackend.jobs.Pulse;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Ends the last claims and makes the next in one statement, over plain JDBC. Rows that another transaction holds are
 * skipped. Where a scan begins, {@link ScanMarks} tells.
 */
final class PostgresClaiming implements Claiming {

    private static final String COLUMNS =
            "id, run_at, attempt, priority, rescued, queue, kind, payload, partition_key, extra";

    private final SqlTime time;
    private final ScanMarks marks;

    PostgresClaiming(SqlTime time, ScanMarks marks) {
        this.time = time;
        this.marks = marks;
    }

    @Override
    public Found finishAndClaim(Handle handle, long owner, List<Long> whole, List<Batch> part, String queue, int limit)
            throws SQLException {
        ScanMarks.Scan scan = marks.begin(queue);
        String sql = "WITH " + ended(whole, part) + gone() + """
                , kept AS (
                    INSERT INTO mb_jobs_claimed (owner, claimed_at, queue, ids, run_ats, attempts, priorities, kinds,
                        payloads, partition_keys, extras)
                    SELECT ?, %s, ?, array_agg(id), array_agg(run_at), array_agg(attempt), array_agg(priority),
                        array_agg(kind), array_agg(payload), array_agg(partition_key), array_agg(extra)
                    FROM gone HAVING count(*) > 0 RETURNING id)
                SELECT gone.*, kept.id AS batch, keyed FROM (SELECT EXISTS (
                    SELECT 1 FROM mb_jobs_waiting WHERE queue = ? AND partition_key IS NOT NULL) AS keyed) AS others
                LEFT JOIN (gone CROSS JOIN kept) ON true ORDER BY priority, gone.run_at, gone.id
                """.formatted(now());
        try (PreparedStatement statement = prepare(handle, sql)) {
            var bound = new Bound(statement);
            bindEnded(bound, owner, whole, part);
            bindGone(bound, owner, queue, limit, scan);
            bound.number(owner);
            bindNow(bound);
            bound.text(queue).text(queue);
            try (ResultSet rows = statement.executeQuery()) {
                var jobs = new ArrayList<StoredJob>();
                long batch = 0;
                boolean keyed = false;
                while (rows.next()) {
                    keyed = rows.getBoolean(13);
                    batch = rows.getLong(12);
                    if (batch != 0) {
                        jobs.add(job(rows));
                    }
                }
                marks.end(scan, jobs);
                return new Found(jobs.isEmpty() ? null : Batch.claimed(batch, owner, jobs), keyed);
            }
        }
    }

    /** A reference deletes them. */
    @Override
    public void forgetMarks(Handle handle, Collection<Long> batches) {}

    @Override
    public void finish(Handle handle, long owner, List<Long> whole, List<Batch> part) throws SQLException {
        if (whole.isEmpty() && part.isEmpty()) {
            return;
        }
        try (PreparedStatement statement =
                prepare(handle, "WITH " + ended(whole, part) + "done AS (SELECT 1) TABLE done")) {
            bindEnded(new Bound(statement), owner, whole, part);
            statement.execute();
        }
    }

    private static String ended(List<Long> whole, List<Batch> part) {
        return (whole.isEmpty() ? "" : "ended AS (DELETE FROM mb_jobs_claimed WHERE id = ANY (?) AND owner = ?),\n")
                + (part.isEmpty() ? "" : """
                part AS (
                    UPDATE mb_jobs_claimed c SET ended = p.ended FROM unnest(?, ?) AS p (id, ended)
                    WHERE c.id = p.id AND c.owner = ?),
                """);
    }

    private static void bindEnded(Bound bound, long owner, List<Long> whole, List<Batch> part) throws SQLException {
        if (!whole.isEmpty()) {
            bound.array("bigint", whole.toArray()).number(owner);
        }
        if (!part.isEmpty()) {
            bound.array("bigint", part.stream().map(Batch::id).toArray())
                    .array("bytea", part.stream().map(Batch::ended).toArray(byte[][]::new))
                    .number(owner);
        }
    }

    @Override
    public Batch keep(Handle handle, long owner, String queue, List<StoredJob> jobs) throws SQLException {
        try (PreparedStatement statement = prepare(handle, """
                INSERT INTO mb_jobs_claimed (owner, claimed_at, queue, ids, run_ats, attempts, priorities, kinds,
                    payloads, partition_keys, extras)
                VALUES (?, %s, ?, ?, CAST(? AS timestamp with time zone[]), ?, ?, ?, ?, ?, ?) RETURNING id
                """.formatted(now()))) {
            Bound bound = new Bound(statement).number(owner);
            bindNow(bound);
            bound.text(queue)
                    .array("bigint", each(jobs, StoredJob::id))
                    .array("text", each(jobs, StoredJob::runAt))
                    .array("integer", each(jobs, StoredJob::attempt))
                    .array("smallint", each(jobs, StoredJob::priority))
                    .array("text", each(jobs, StoredJob::kind))
                    .array("text", each(jobs, StoredJob::payload))
                    .array("text", each(jobs, StoredJob::partitionKey))
                    .array("text", each(jobs, StoredJob::extra));
            try (ResultSet id = statement.executeQuery()) {
                id.next();
                return Batch.claimed(id.getLong(1), owner, jobs);
            }
        }
    }

    /** From key to key: reading all entries of one that floods the queue would take longer than running them. */
    @Override
    public List<String> keys(Handle handle, String queue, String after, int limit) throws SQLException {
        try (PreparedStatement statement = prepare(handle, """
                WITH RECURSIVE keys AS (
                    (SELECT partition_key, 1 AS place FROM mb_jobs_waiting
                        WHERE queue = ? AND partition_key > ? ORDER BY partition_key LIMIT 1)
                    UNION ALL
                    SELECT next.partition_key, place + 1 FROM keys CROSS JOIN LATERAL (
                        SELECT partition_key FROM mb_jobs_waiting
                        WHERE queue = ? AND partition_key > keys.partition_key ORDER BY partition_key LIMIT 1) AS next
                    WHERE place < ?)
                SELECT partition_key FROM keys ORDER BY place""")) {
            new Bound(statement).text(queue).text(after).text(queue).number(limit);
            var keys = new ArrayList<String>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    keys.add(rows.getString(1));
                }
            }
            return keys;
        }
    }

    @Override
    public List<StoredJob> takeKeyed(Handle handle, String queue, Map<String, Integer> most, int limit)
            throws SQLException {
        String priorities = Arrays.stream(JobPriority.values())
                .map(priority -> "(" + priority.code() + ")")
                .collect(joining(", "));
        try (PreparedStatement statement = prepare(handle, """
                WITH wanted AS (SELECT * FROM unnest(?, ?) AS w (key, most)),
                shared AS (
                    SELECT id, key, row_number() OVER (PARTITION BY key ORDER BY priority, run_at, id) AS turn, most
                    FROM wanted CROSS JOIN (VALUES %1$s) AS p (code) CROSS JOIN LATERAL (
                        SELECT id, priority, run_at FROM mb_jobs_waiting
                        WHERE queue = ? AND partition_key = key AND priority = code AND run_at <= %2$s
                        ORDER BY run_at, id LIMIT most FOR UPDATE SKIP LOCKED) AS due
                    WHERE key < 'o:'),
                ordered AS (
                    SELECT id, key, 1 AS turn FROM wanted CROSS JOIN LATERAL (
                        SELECT id, run_at FROM mb_jobs_waiting WHERE queue = ? AND partition_key = key
                        ORDER BY id LIMIT 1) AS first
                    WHERE key >= 'o:' AND run_at <= %2$s),
                due AS MATERIALIZED (
                    SELECT id, key, turn FROM shared WHERE turn <= most UNION ALL SELECT id, key, turn FROM ordered
                    ORDER BY turn, key LIMIT ?),
                gone AS (DELETE FROM mb_jobs_waiting WHERE id = ANY (ARRAY(SELECT id FROM due)) RETURNING %3$s)
                SELECT gone.* FROM gone JOIN due USING (id) ORDER BY turn, key
                """.formatted(priorities, now(), returned()))) {
            Bound bound = new Bound(statement)
                    .array("text", most.keySet().toArray())
                    .array("integer", most.values().toArray())
                    .text(queue);
            bindNow(bound);
            bound.text(queue);
            bindNow(bound);
            bound.number(limit);
            bindNow(bound);
            var jobs = new ArrayList<StoredJob>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    jobs.add(job(rows));
                }
            }
            return jobs;
        }
    }

    private static @Nullable Object[] each(List<StoredJob> jobs, Function<StoredJob, @Nullable Object> what) {
        return jobs.stream().map(what).toArray();
    }

    @Override
    public List<StoredJob> take(Handle handle, long owner, String queue, int limit) throws SQLException {
        ScanMarks.Scan scan = marks.begin(queue);
        String sql = "WITH " + gone() + " SELECT * FROM gone ORDER BY priority, run_at, id";
        try (PreparedStatement statement = prepare(handle, sql)) {
            bindGone(new Bound(statement), owner, queue, limit, scan);
            try (ResultSet rows = statement.executeQuery()) {
                var jobs = new ArrayList<StoredJob>();
                while (rows.next()) {
                    jobs.add(job(rows));
                }
                marks.end(scan, jobs);
                return jobs;
            }
        }
    }

    @Override
    public List<Batch> load(Handle handle, Collection<Long> batches) throws SQLException {
        try (PreparedStatement statement = prepare(handle, """
                SELECT id, owner, queue, ended, ids, run_ats::text[], attempts, priorities, kinds, payloads,
                    partition_keys, extras
                FROM mb_jobs_claimed WHERE id = ANY (?) ORDER BY id""")) {
            new Bound(statement).array("bigint", batches.toArray());
            var loaded = new ArrayList<Batch>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    loaded.add(Batch.stored(
                            rows.getLong(1), rows.getLong(2), jobs(rows, rows.getString(3)), rows.getBytes(4)));
                }
            }
            return loaded;
        }
    }

    /** A transaction that has told of a job in one of these holds a key-share lock on it: see {@code mb_jobs_mark}. */
    @Override
    public List<Long> lockOrphans(Handle handle, int limit) {
        return handle.createQuery("""
                        SELECT id FROM mb_jobs_claimed c
                        WHERE NOT EXISTS (SELECT 1 FROM mb_job_worker w WHERE w.id = c.owner)
                        ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED""").bind("limit", limit).mapTo(Long.class).list();
    }

    @Override
    public Pulse beat(Handle handle, long owner, Duration lease, Set<String> queues) throws SQLException {
        String later = time.clock() == null
                ? "CURRENT_TIMESTAMP + ? * INTERVAL '1 microsecond'"
                : "CAST(? AS timestamp with time zone) + ? * INTERVAL '1 microsecond'";
        try (PreparedStatement statement = prepare(handle, """
                WITH beat AS (UPDATE mb_job_worker SET lease_until = %1$s WHERE id = ? RETURNING id),
                around AS (
                    SELECT EXISTS (SELECT 1 FROM beat) AS alive,
                        EXISTS (SELECT 1 FROM mb_job_worker WHERE id <> ? AND lease_until <= %2$s)
                        OR EXISTS (SELECT 1 FROM mb_jobs_claimed c
                            WHERE NOT EXISTS (SELECT 1 FROM mb_job_worker w WHERE w.id = c.owner))
                        OR EXISTS (SELECT 1 FROM mb_job WHERE state = 0) OR EXISTS (SELECT 1 FROM mb_job WHERE state = 2)
                        OR EXISTS (SELECT 1 FROM mb_job j WHERE state = 1
                            AND NOT EXISTS (SELECT 1 FROM mb_job_worker w WHERE w.id = j.owner)) AS orphans),
                next AS (
                    SELECT q.queue, min(first.run_at) AS run_at
                    FROM unnest(?) AS q (queue) CROSS JOIN unnest(?) AS p (priority) CROSS JOIN LATERAL (
                        SELECT run_at FROM mb_jobs_waiting j
                        WHERE j.queue = q.queue AND j.priority = p.priority AND partition_key IS NULL
                        ORDER BY run_at, id LIMIT 1) AS first
                    GROUP BY q.queue
                    UNION ALL
                    SELECT q.queue, first.run_at FROM unnest(?) AS q (queue) CROSS JOIN LATERAL (
                        SELECT run_at FROM mb_jobs_waiting j WHERE j.queue = q.queue AND partition_key IS NOT NULL
                        ORDER BY run_at LIMIT 1) AS first)
                SELECT alive, orphans, next.queue, (extract(epoch FROM next.run_at - %2$s) * 1000000)::bigint,
                    (SELECT string_agg(queue, ' ') FROM mb_jobs_queue WHERE paused),
                    (SELECT array_agg(job) FROM (SELECT job FROM mb_jobs_cancel ORDER BY job LIMIT %3$d) AS c)
                FROM around LEFT JOIN next ON true""".formatted(later, now(), CancelRows.MOST))) {
            var bound = new Bound(statement);
            bindNow(bound);
            bound.number(SqlTime.micros(lease)).number(owner).number(owner);
            bindNow(bound);
            bound.array("text", queues.toArray())
                    .array(
                            "smallint",
                            Arrays.stream(JobPriority.values())
                                    .map(JobPriority::code)
                                    .toArray())
                    .array("text", queues.toArray());
            bindNow(bound);
            Map<String, Duration> due = new HashMap<>();
            boolean alive = false;
            boolean orphans = false;
            Set<String> paused = Set.of();
            Set<Long> cancelled = Set.of();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    alive = rows.getBoolean(1);
                    orphans = rows.getBoolean(2);
                    String still = rows.getString(5);
                    paused = still == null ? Set.of() : Set.of(still.split(" "));
                    cancelled = rows.getArray(6) == null ? Set.of() : Set.of(array(rows, 6, Long[].class));
                    if (rows.getString(3) != null) {
                        due.merge(
                                rows.getString(3),
                                Duration.ofNanos(rows.getLong(4) * 1_000),
                                (one, other) -> one.compareTo(other) < 0 ? one : other);
                    }
                }
            }
            return new Pulse(alive, orphans, due, paused, cancelled);
        }
    }

    /**
     * A common table expression a priority: in one over all, a scan would read every delayed job of a high one before
     * the first due of a low one. The inner limits are parameters that the planner knows; the outer ones keep a scan
     * from reading and locking what is not wanted.
     */
    private String gone() {
        var all = new StringBuilder();
        var before = new ArrayList<String>();
        for (JobPriority priority : JobPriority.values()) {
            String name = "due_" + priority.code();
            String taken = before.stream()
                    .map(earlier -> " - (SELECT count(*) FROM " + earlier + ")")
                    .reduce("", String::concat);
            all.append("""
                    %s AS MATERIALIZED (SELECT place FROM (
                        SELECT ctid AS place FROM mb_jobs_waiting
                        WHERE queue = ? AND priority = %d AND partition_key IS NULL AND run_at <= %s
                            AND (run_at, id) > (CAST(? AS timestamp with time zone), ?)
                            AND EXISTS (SELECT 1 FROM mb_job_worker WHERE id = ?)
                        ORDER BY run_at, id LIMIT ? FOR UPDATE SKIP LOCKED) AS due LIMIT ?%s),
                    """.formatted(name, priority.code(), now(), taken));
            before.add(name);
        }
        String rows = before.stream()
                .map(name -> "SELECT place FROM " + name)
                .reduce((one, other) -> one + " UNION ALL " + other)
                .orElseThrow();
        return all + "gone AS MATERIALIZED (DELETE FROM mb_jobs_waiting WHERE ctid = ANY (ARRAY(" + rows
                + ")) RETURNING " + returned() + ")";
    }

    /** A claimed job, and how many milliseconds it had been due. */
    private String returned() {
        return COLUMNS + ", CAST(date_part('epoch', " + now() + " - run_at) * 1000 AS bigint) AS waited";
    }

    private void bindGone(Bound bound, long owner, String queue, int limit, ScanMarks.Scan scan) throws SQLException {
        for (JobPriority priority : JobPriority.values()) {
            bound.text(queue);
            bindNow(bound);
            ScanMarks.Mark from = scan.from(priority);
            bound.text(from.runAt())
                    .number(from.id())
                    .number(owner)
                    .number(limit)
                    .number(limit);
        }
        bindNow(bound);
    }

    private static StoredJob job(ResultSet row) throws SQLException {
        return new StoredJob(
                row.getLong(1),
                row.getString(2),
                row.getInt(3),
                row.getInt(4),
                row.getBoolean(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getLong(11));
    }

    private static List<StoredJob> jobs(ResultSet row, String queue) throws SQLException {
        Long[] ids = array(row, 5, Long[].class);
        String[] runAts = array(row, 6, String[].class);
        Integer[] attempts = array(row, 7, Integer[].class);
        Short[] priorities = array(row, 8, Short[].class);
        String[] kinds = array(row, 9, String[].class);
        String[] payloads = array(row, 10, String[].class);
        @Nullable String[] keys = array(row, 11, String[].class);
        @Nullable String[] extras = array(row, 12, String[].class);
        var jobs = new ArrayList<StoredJob>();
        for (int i = 0; i < ids.length; i++) {
            jobs.add(new StoredJob(
                    ids[i],
                    runAts[i],
                    attempts[i],
                    priorities[i],
                    false,
                    queue,
                    kinds[i],
                    payloads[i],
                    keys[i],
                    extras[i]));
        }
        return jobs;
    }

    private static <T> T array(ResultSet row, int column, Class<T> type) throws SQLException {
        Array array = row.getArray(column);
        try {
            return type.cast(array.getArray());
        } finally {
            array.free();
        }
    }

    private String now() {
        return time.clock() == null ? "CURRENT_TIMESTAMP" : "CAST(? AS timestamp with time zone)";
    }

    private void bindNow(Bound bound) throws SQLException {
        for (Object now : time.values().values()) {
            bound.object(now);
        }
    }

    private static PreparedStatement prepare(Handle handle, String sql) throws SQLException {
        Connection connection = handle.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql);
        PlannedEachTime.mark(statement);
        return statement;
    }

    /** Parameters in their order. */
    private static final class Bound {
        private final PreparedStatement statement;
        private int last;

        Bound(PreparedStatement statement) {
            this.statement = statement;
        }

        Bound text(String value) throws SQLException {
            statement.setString(++last, value);
            return this;
        }

        Bound number(long value) throws SQLException {
            statement.setLong(++last, value);
            return this;
        }

        Bound object(Object value) throws SQLException {
            statement.setObject(++last, Objects.requireNonNull(value));
            return this;
        }

        Bound array(String type, @Nullable Object[] values) throws SQLException {
            statement.setArray(++last, statement.getConnection().createArrayOf(type, values));
            return this;
        }
    }
}
