// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.page.PageRequest;
import dev.mobilebackend.jobs.JobPriority;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.JobsView;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.RunTally;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.ToIntBiFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * The tables of jobs as an operator sees them. Each statement reads a bounded part of an index, or of a table that is small
 * by itself, as that of the claims is.
 *
 * @param wake tells workers of a queue that has a due job
 * @param replay {@link JdbiJobStore#replay}
 * @param replayAll {@link JobsView#replayAll}
 */
record JdbiJobsView(
        Database database,
        SqlTime time,
        ScanMarks scans,
        Consumer<String> wake,
        LongPredicate replay,
        ToIntBiFunction<String, Integer> replayAll)
        implements JobsView {

    private static final int MOST_QUEUES = 200;
    private static final int PURGED_AT_ONCE = 500;

    /** Only PostgreSQL keeps an index of the jobs that failed before; they are looked for among the oldest elsewhere. */
    private static final String OLDEST_WAITING = "(SELECT * FROM mb_jobs_waiting ORDER BY id LIMIT 10000)";

    private static final String BY_KEY = "mb_jobs_waiting USE INDEX (mb_jobs_waiting_key)";

    private static final String LINE = "SELECT id, queue, kind, attempt, priority, run_at, error, partition_key FROM ";
    private static final long KEYED = 1;

    private static final RowMapper<Waiting> WAITING = (row, context) -> new Waiting(
            row.getString("partition_key") == null ? 0 : KEYED,
            row.getInt("priority"),
            line(row, JobState.WAITING, "run_at"));

    private static final Purge OLD_MINUTES =
            Purge.of("mb_jobs_minute", "began_at < :until").inOrderOf("began_at");

    /** A job and what else it is ordered by. */
    private record Waiting(long lane, int priority, Line line) {}

    @Override
    public Overview overview() {
        return database.withHandle(handle -> {
            Instant now = now(handle);
            List<Taken.Claimed> claimed = taken().after(handle, 0, MOST_COUNTED);
            Map<String, Long> running = claimed.stream()
                    .flatMap(batch -> batch.lines().stream())
                    .collect(groupingBy(Line::queue, counting()));
            Map<String, Long> dead = new HashMap<>();
            handle.createQuery("SELECT queue, count(*) AS jobs FROM (SELECT queue FROM mb_jobs_dead"
                            + " ORDER BY died_at DESC, id DESC LIMIT " + (MOST_COUNTED + 1) + ") d GROUP BY queue")
                    .map((row, context) -> Map.entry(row.getString("queue"), row.getLong("jobs")))
                    .forEach(count -> dead.put(count.getKey(), count.getValue()));
            Set<String> paused = Set.copyOf(handle.createQuery("SELECT queue FROM mb_jobs_queue WHERE paused = TRUE")
                    .mapTo(String.class)
                    .list());
            var names = new TreeSet<String>(running.keySet());
            names.addAll(dead.keySet());
            names.addAll(paused);
            names.addAll(waitingQueues(handle));
            names.addAll(handle.createQuery("SELECT DISTINCT queue FROM mb_jobs_minute WHERE began_at >= :from")
                    .bind("from", utc(now.minus(1, ChronoUnit.HOURS)))
                    .mapTo(String.class)
                    .list());
            boolean allDead = dead.values().stream().mapToLong(Long::longValue).sum() <= MOST_COUNTED;
            List<Queue> queues = names.stream()
                    .map(name -> queue(handle, name, now, paused.contains(name), running, dead, allDead))
                    .toList();
            int workers = handle.createQuery("SELECT count(*) FROM mb_job_worker WHERE lease_until > :now")
                    .bind("now", utc(now))
                    .mapTo(Integer.class)
                    .one();
            long retrying = found(handle, again() + " w WHERE error IS NOT NULL ORDER BY run_at, id", Map.of());
            return new Overview(now, workers, Count.of(retrying), queues);
        });
    }

    @Override
    public List<Minute> minutes(Duration back) {
        return database.withHandle(handle -> handle.createQuery("""
                        SELECT began_at, queue, sum(done) AS done, sum(failed) AS failed, sum(dead) AS dead, sum(ran) AS ran,
                            max(longest_run) AS longest_run, sum(waited) AS waited, max(longest_wait) AS longest_wait
                        FROM mb_jobs_minute WHERE began_at > :from GROUP BY began_at, queue ORDER BY began_at, queue
                        """)
                .bind("from", utc(now(handle).minus(back)))
                .map((row, context) -> new Minute(
                        instant(row, "began_at"),
                        new RunTally(
                                row.getString("queue"),
                                row.getLong("done"),
                                row.getLong("failed"),
                                row.getLong("dead"),
                                micros(row, "ran"),
                                micros(row, "longest_run"),
                                micros(row, "waited"),
                                micros(row, "longest_wait"))))
                .list());
    }

    /** Adds to the rows of this minute; the first one of a minute takes old rows away. */
    void note(long owner, List<RunTally> tallies) {
        boolean began = database.inTransaction(handle -> {
            var minute = utc(now(handle).truncatedTo(ChronoUnit.MINUTES));
            boolean inserted = false;
            for (RunTally tally : tallies) {
                inserted |= add(handle, owner, minute, tally);
            }
            return inserted;
        });
        if (began) {
            Instant now = database.withHandle(this::now);
            OLD_MINUTES.run(database, Map.of("until", utc(now.minus(KEPT))), PURGED_AT_ONCE);
        }
    }

    /** Those without a key first, then those with one: each by an index of its own. */
    @Override
    public Page<Line> waiting(String queue, PageRequest page) {
        List<Object> after = page.after();
        boolean inKeyed = !after.isEmpty() && (long) after.get(0) == KEYED;
        return database.withHandle(handle -> {
            var jobs = new ArrayList<Waiting>();
            if (!inKeyed) {
                jobs.addAll(lines(
                        handle,
                        withoutKey() + (after.isEmpty() ? "" : " AND (priority, run_at, id) > (:key1, :key2, :key3)")
                                + " ORDER BY queue, priority, run_at, id",
                        Map.of("queue", queue),
                        page));
            }
            if (jobs.size() <= page.limit()) {
                jobs.addAll(lines(
                        handle,
                        withKey() + (inKeyed ? " AND (run_at, id) > (:key2, :key3)" : "")
                                + " ORDER BY queue, run_at, id",
                        Map.of("queue", queue),
                        page));
            }
            List<Waiting> shown = jobs.subList(0, Math.min(jobs.size(), page.limit() + 1));
            return page.page(shown, job -> List.of(job.lane, (long) job.priority, job.line.at(), job.line.id()))
                    .map(Waiting::line);
        });
    }

    @Override
    public Page<Line> retrying(PageRequest page) {
        String after = page.after().isEmpty() ? "" : " AND (run_at, id) > (:key0, :key1)";
        return database.withHandle(handle -> page.page(
                        lines(
                                handle,
                                again() + " w WHERE error IS NOT NULL" + after + " ORDER BY run_at, id",
                                Map.of(),
                                page),
                        job -> List.of(job.line.at(), job.line.id())))
                .map(Waiting::line);
    }

    @Override
    public Page<Line> running(PageRequest page) {
        long batch = page.after().isEmpty() ? 0 : (long) page.after().get(0);
        long job = page.after().isEmpty() ? 0 : (long) page.after().get(1);
        List<Held> held = database.withHandle(handle -> taken().after(handle, batch, page.limit() + 2)).stream()
                .flatMap(claimed -> claimed.lines().stream().map(line -> new Held(claimed.batch(), line)))
                .filter(one -> one.batch > batch || one.line.id() > job)
                .limit(page.limit() + 1)
                .toList();
        return page.page(held, one -> List.of(one.batch, one.line.id())).map(Held::line);
    }

    private record Held(long batch, Line line) {}

    @Override
    public Page<Line> dead(@Nullable String kind, PageRequest page) {
        String of = kind == null ? "" : " AND kind = :kind";
        String after = page.after().isEmpty() ? "" : " AND (died_at, id) < (:key0, :key1)";
        Map<String, ?> binds = kind == null ? Map.of() : Map.of("kind", kind);
        return database.withHandle(handle -> page.page(
                keys(
                                handle.createQuery(
                                        "SELECT id, queue, kind, attempt, died_at, error FROM mb_jobs_dead WHERE id > 0"
                                                + of + after + " ORDER BY died_at DESC, id DESC LIMIT :limit"),
                                page)
                        .bindMap(binds)
                        .map((row, context) -> line(row, JobState.DEAD, "died_at"))
                        .list(),
                line -> List.of(line.at(), line.id())));
    }

    @Override
    public boolean pause(String queue) {
        NewJob.requireName("queue", queue);
        return database.inTransaction(handle -> database.dialect()
                        .insertIfAbsent(
                                handle,
                                "INSERT INTO mb_jobs_queue (queue, paused) VALUES (:queue, TRUE)",
                                Map.of("queue", queue))
                || setPaused(handle, queue, true));
    }

    @Override
    public boolean resume(String queue) {
        return database.inTransaction(handle -> setPaused(handle, queue, false));
    }

    @Override
    public boolean runNow(long job) {
        return database.inTransaction(handle -> {
            boolean moved = time.bind(handle.createUpdate("UPDATE mb_jobs_waiting SET run_at = " + time.now()
                                    + " WHERE id = :id AND run_at > " + time.now()))
                            .bind("id", job)
                            .execute()
                    == 1;
            if (moved) {
                String queue = handle.createQuery("SELECT queue FROM mb_jobs_waiting WHERE id = :id")
                        .bind("id", job)
                        .mapTo(String.class)
                        .one();
                Database.afterCommit(handle, () -> {
                    scans.putBack(queue);
                    wake.accept(queue);
                });
            }
            return moved;
        });
    }

    @Override
    public boolean replay(long job) {
        return replay.test(job);
    }

    @Override
    public int replayAll(String kind, int limit) {
        return replayAll.applyAsInt(kind, limit);
    }

    @Override
    public boolean discard(long job) {
        return database.inTransaction(handle -> handle.createUpdate("DELETE FROM mb_jobs_dead WHERE id = :id")
                        .bind("id", job)
                        .execute()
                == 1);
    }

    private static boolean setPaused(Handle handle, String queue, boolean paused) {
        return handle.createUpdate(
                                "UPDATE mb_jobs_queue SET paused = :paused WHERE queue = :queue AND paused <> :paused")
                        .bind("queue", queue)
                        .bind("paused", paused)
                        .execute()
                == 1;
    }

    private static boolean add(Handle handle, long owner, OffsetDateTime minute, RunTally tally) {
        Map<String, Object> values = Map.of(
                "minute", minute,
                "queue", tally.queue(),
                "worker", owner,
                "done", tally.done(),
                "failed", tally.failed(),
                "dead", tally.dead(),
                "ran", micros(tally.ran()),
                "longestRun", micros(tally.longestRun()),
                "waited", micros(tally.waited()),
                "longestWait", micros(tally.longestWait()));
        int updated = handle.createUpdate("""
                        UPDATE mb_jobs_minute SET done = done + :done, failed = failed + :failed, dead = dead + :dead,
                            ran = ran + :ran, longest_run = GREATEST(longest_run, :longestRun),
                            waited = waited + :waited, longest_wait = GREATEST(longest_wait, :longestWait)
                        WHERE began_at = :minute AND queue = :queue AND worker = :worker""").bindMap(values).execute();
        if (updated == 1) {
            return false;
        }
        handle.createUpdate("""
                        INSERT INTO mb_jobs_minute (began_at, queue, worker, done, failed, dead, ran, longest_run, waited,
                            longest_wait)
                        VALUES (:minute, :queue, :worker, :done, :failed, :dead, :ran, :longestRun, :waited, :longestWait)
                        """).bindMap(values).execute();
        return true;
    }

    /** From one queue to the next by an index, however many jobs each has. */
    private List<String> waitingQueues(Handle handle) {
        if (database.dialect() != Dialect.POSTGRESQL) {
            return waitingQueues(handle, dueIndex() + " WHERE", "queue");
        }
        var names = new ArrayList<String>();
        names.addAll(waitingQueues(
                handle, "mb_jobs_waiting WHERE partition_key IS NULL AND", "queue, priority, run_at, id"));
        names.addAll(waitingQueues(handle, "mb_jobs_waiting WHERE partition_key IS NOT NULL AND", "queue, run_at"));
        return names;
    }

    private static List<String> waitingQueues(Handle handle, String rows, String order) {
        var names = new ArrayList<String>();
        Optional<String> next = Optional.of("");
        while (next.isPresent() && names.size() < MOST_QUEUES) {
            next = handle.createQuery("SELECT queue FROM " + rows + " queue > :last ORDER BY " + order + " LIMIT 1")
                    .bind("last", next.get())
                    .mapTo(String.class)
                    .findOne();
            next.ifPresent(names::add);
        }
        return names;
    }

    /** H2 would take an index by the equality of the key, and sort all of it. */
    private String withoutKey() {
        return dueIndex() + " WHERE queue = :queue AND partition_key IS NULL";
    }

    private String dueIndex() {
        return switch (database.dialect()) {
            case POSTGRESQL -> "mb_jobs_waiting";
            case H2 -> "mb_jobs_waiting USE INDEX (mb_jobs_waiting_due)";
            case MARIADB -> BY_KEY;
        };
    }

    private String withKey() {
        return database.dialect() == Dialect.POSTGRESQL
                ? "mb_jobs_waiting WHERE queue = :queue AND partition_key IS NOT NULL"
                : BY_KEY + " WHERE queue = :queue AND partition_key >= ''";
    }

    private Queue queue(
            Handle handle,
            String name,
            Instant now,
            boolean paused,
            Map<String, Long> running,
            Map<String, Long> dead,
            boolean allDead) {
        var due = new ArrayList<String>();
        for (JobPriority priority : JobPriority.values()) {
            due.add(withoutKey() + " AND priority = " + priority.code() + " AND run_at <= :now"
                    + " ORDER BY queue, priority, run_at, id");
        }
        due.add(withKey() + " AND run_at <= :now ORDER BY queue, run_at");
        Map<String, ?> of = Map.of("queue", name, "now", utc(now));
        Optional<Instant> oldest = due.stream()
                .flatMap(rows -> handle
                        .createQuery("SELECT run_at FROM " + rows + " LIMIT 1")
                        .bindMap(of)
                        .map((row, context) -> instant(row, "run_at"))
                        .findOne()
                        .stream())
                .min(Comparator.naturalOrder());
        long deadOnes = dead.getOrDefault(name, 0L);
        return new Queue(
                name,
                paused,
                Count.of(found(handle, withoutKey(), of) + found(handle, withKey() + " ORDER BY queue, run_at", of)),
                Count.of(due.stream().mapToLong(rows -> found(handle, rows, of)).sum()),
                Count.of(running.getOrDefault(name, 0L)),
                new Count((int) Math.min(deadOnes, MOST_COUNTED), !allDead),
                oldest.orElse(null));
    }

    /** How many rows there are, up to one more than are counted. */
    private static long found(Handle handle, String rows, Map<String, ?> binds) {
        return handle.createQuery(
                        "SELECT count(*) FROM (SELECT 1 AS one FROM " + rows + " LIMIT " + (MOST_COUNTED + 1) + ") c")
                .bindMap(binds)
                .mapTo(Long.class)
                .one();
    }

    private static List<Waiting> lines(Handle handle, String rows, Map<String, ?> binds, PageRequest request) {
        return keys(handle.createQuery(LINE + rows + " LIMIT :limit"), request)
                .bindMap(binds)
                .map(WAITING)
                .list();
    }

    private static Query keys(Query query, PageRequest request) {
        query.bind("limit", request.limit() + 1);
        for (int i = 0; i < request.after().size(); i++) {
            Object value = request.after().get(i);
            query.bind("key" + i, value instanceof Instant instant ? utc(instant) : value);
        }
        return query;
    }

    private Taken taken() {
        return new Taken(database.dialect());
    }

    private String again() {
        return database.dialect() == Dialect.POSTGRESQL ? "mb_jobs_waiting" : OLDEST_WAITING;
    }

    private Instant now(Handle handle) {
        return time.bind(handle.createQuery("SELECT " + time.now() + " AS moment"
                        + (time.clock() == null ? "" : " FROM (VALUES (1)) AS one")))
                .map((row, context) -> instant(row, "moment"))
                .one();
    }

    private static Line line(ResultSet row, JobState state, String at) throws SQLException {
        return new Line(
                row.getLong("id"),
                row.getString("queue"),
                row.getString("kind"),
                state,
                row.getInt("attempt"),
                instant(row, at),
                null,
                row.getString("error"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Duration micros(ResultSet row, String column) throws SQLException {
        return Duration.of(row.getLong(column), ChronoUnit.MICROS);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }
}
