// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.JobPriority;
import dev.mobilebackend.jobs.Pulse;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The same steps as {@link PostgresClaiming} in statements that every database knows. On H2 what is due is read without
 * a lock and then deleted row by row, since its SKIP LOCKED locks every row that matches, not the few that are asked for.
 * MariaDB locks those that it returns, by one index that has a place for jobs with a key and for those without.
 */
final class PlainClaiming implements Claiming {

    /** A driver's own text of a time may be in its own zone. */
    private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSx");

    /** Jobs of one claim go to the server as one text, and it takes 16 MB of that by default. */
    private static final int MOST_TEXT = 2_000_000;

    static final RowMapper<StoredJob> JOB = (row, context) -> new StoredJob(
            row.getLong("id"),
            TEXT.format(row.getObject("run_at", OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC)),
            row.getInt("attempt"),
            row.getInt("priority"),
            row.getBoolean("rescued"),
            row.getString("queue"),
            row.getString("kind"),
            row.getString("payload"),
            row.getString("partition_key"),
            row.getString("extra"));

    /** A job that is read to be claimed, with the time of that. */
    private static final RowMapper<StoredJob> CLAIMED = (row, context) -> {
        StoredJob job = JOB.map(row, context);
        Duration waited = Duration.between(
                row.getObject("run_at", OffsetDateTime.class), row.getObject("read_at", OffsetDateTime.class));
        return job.claimedAfter(waited.toMillis());
    };

    private final Dialect dialect;
    private final SqlTime time;

    PlainClaiming(Dialect dialect, SqlTime time) {
        this.dialect = dialect;
        this.time = time;
    }

    @Override
    public Found finishAndClaim(
            Handle handle, long owner, List<Long> whole, List<Batch> part, String queue, int limit) {
        finish(handle, owner, whole, part);
        List<StoredJob> jobs = take(handle, owner, queue, limit);
        Batch batch = jobs.isEmpty() ? null : keep(handle, owner, queue, jobs);
        return new Found(batch, limit > 0 && !keys(handle, queue, "", 1).isEmpty());
    }

    @Override
    public void finish(Handle handle, long owner, List<Long> whole, List<Batch> part) {
        if (!whole.isEmpty()) {
            PreparedBatch ended = handle.prepareBatch("DELETE FROM mb_jobs_claimed WHERE id = :id AND owner = :owner");
            whole.forEach(id -> ended.bind("id", id).bind("owner", owner).add());
            ended.execute();
            forgetMarks(handle, whole);
        }
        if (!part.isEmpty()) {
            PreparedBatch noted =
                    handle.prepareBatch("UPDATE mb_jobs_claimed SET ended = :ended WHERE id = :id AND owner = :owner");
            part.forEach(batch -> noted.bind("ended", batch.ended())
                    .bind("id", batch.id())
                    .bind("owner", owner)
                    .add());
            noted.execute();
        }
    }

    /** A reference would have a job's transaction hold its whole claim on MariaDB, so none deletes these there. */
    @Override
    public void forgetMarks(Handle handle, Collection<Long> batches) {
        if (dialect == Dialect.MARIADB && !batches.isEmpty()) {
            handle.createUpdate("DELETE FROM mb_jobs_mark WHERE claim IN (<batches>)")
                    .bindList("batches", List.copyOf(batches))
                    .execute();
        }
    }

    private String skipLocked() {
        return dialect == Dialect.MARIADB ? " FOR UPDATE SKIP LOCKED" : "";
    }

    @Override
    public Batch keep(Handle handle, long owner, String queue, List<StoredJob> jobs) {
        long id = time.bind(handle.createUpdate("INSERT INTO mb_jobs_claimed (owner, claimed_at, queue, jobs) VALUES"
                        + " (:owner, " + time.now() + ", :queue, :jobs)"))
                .bind("owner", owner)
                .bind("queue", queue)
                .bind("jobs", StoredJobs.write(jobs))
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
        return Batch.claimed(id, owner, jobs);
    }

    @Override
    public List<String> keys(Handle handle, String queue, String after, int limit) {
        return handle.createQuery("""
                        SELECT DISTINCT partition_key FROM mb_jobs_waiting
                        WHERE queue = :queue AND partition_key > :after ORDER BY partition_key LIMIT :limit""")
                .bind("queue", queue)
                .bind("after", after)
                .bind("limit", limit)
                .mapTo(String.class)
                .list();
    }

    @Override
    public List<StoredJob> takeKeyed(Handle handle, String queue, Map<String, Integer> most, int limit) {
        var byKey = new ArrayList<List<StoredJob>>();
        most.forEach((key, number) ->
                byKey.add(Lanes.inOrder(key) ? firstOf(handle, queue, key) : dueOf(handle, queue, key, number)));
        return delete(handle, Lanes.inTurns(byKey, limit));
    }

    private List<StoredJob> dueOf(Handle handle, String queue, String key, int number) {
        var due = new ArrayList<StoredJob>();
        for (JobPriority priority : JobPriority.values()) {
            time.bind(handle.createQuery("""
                            SELECT * FROM mb_jobs_waiting
                            WHERE queue = :queue AND partition_key = :key AND priority = :priority AND run_at <= %s
                            ORDER BY queue, partition_key, priority, run_at, id LIMIT :limit%s
                            """.formatted(time.now(), skipLocked())))
                    .bind("queue", queue)
                    .bind("key", key)
                    .bind("priority", priority.code())
                    .bind("limit", number - due.size())
                    .map(JOB)
                    .forEach(due::add);
        }
        return due;
    }

    private List<StoredJob> firstOf(Handle handle, String queue, String key) {
        return time.bind(handle.createQuery("""
                        SELECT * FROM (SELECT * FROM mb_jobs_waiting WHERE queue = :queue AND partition_key = :key
                            ORDER BY id LIMIT 1) AS next WHERE run_at <= %s""".formatted(time.now())))
                .bind("queue", queue)
                .bind("key", key)
                .map(JOB)
                .list();
    }

    @Override
    public List<StoredJob> take(Handle handle, long owner, String queue, int limit) {
        var taken = new ArrayList<StoredJob>();
        boolean joined = limit > 0
                && handle.createQuery("SELECT count(*) FROM mb_job_worker WHERE id = :owner")
                                .bind("owner", owner)
                                .mapTo(Integer.class)
                                .one()
                        == 1;
        if (joined) {
            for (JobPriority priority : JobPriority.values()) {
                take(handle, queue, priority, limit, taken);
            }
        }
        return taken;
    }

    private void take(Handle handle, String queue, JobPriority priority, int limit, List<StoredJob> taken) {
        int wanted = limit - taken.size();
        if (wanted == 0) {
            return;
        }
        List<StoredJob> due = time.bind(handle.createQuery("""
                        SELECT w.*, %1$s AS read_at FROM mb_jobs_waiting w%2$s
                        WHERE queue = :queue AND priority = :priority AND run_at <= %1$s AND partition_key IS NULL
                        ORDER BY queue, priority, run_at, id LIMIT :limit%3$s
                        """.formatted(time.now(), dueIndex(), skipLocked())))
                .bind("queue", queue)
                .bind("priority", priority.code())
                .bind("limit", wanted)
                .map(CLAIMED)
                .list();
        taken.addAll(dialect == Dialect.MARIADB ? deleteLocked(handle, due) : delete(handle, due));
    }

    private String dueIndex() {
        return dialect == Dialect.MARIADB ? " FORCE INDEX (mb_jobs_waiting_key)" : "";
    }

    /** Those that the reading has locked, as many as fit into a claim. */
    private static List<StoredJob> deleteLocked(Handle handle, List<StoredJob> due) {
        var fitting = new ArrayList<StoredJob>();
        int text = 0;
        for (StoredJob job : due) {
            text += job.payload().length();
            if (text > MOST_TEXT && !fitting.isEmpty()) {
                break;
            }
            fitting.add(job);
        }
        if (!fitting.isEmpty()) {
            handle.createUpdate("DELETE FROM mb_jobs_waiting WHERE id IN (<ids>)")
                    .bindList("ids", fitting.stream().map(StoredJob::id).toList())
                    .execute();
        }
        return fitting;
    }

    /** Those that nobody else has taken or changed since they were read. */
    private List<StoredJob> delete(Handle handle, List<StoredJob> due) {
        if (due.isEmpty()) {
            return due;
        }
        PreparedBatch batch = handle.prepareBatch("DELETE FROM mb_jobs_waiting WHERE id = :id"
                + " AND attempt = :attempt AND run_at = " + time.written());
        due.forEach(job -> batch.bind("id", job.id())
                .bind("attempt", job.attempt())
                .bind("runAt", job.runAt())
                .add());
        int[] deleted = batch.execute();
        var taken = new ArrayList<StoredJob>();
        for (int i = 0; i < deleted.length; i++) {
            if (deleted[i] == 1) {
                taken.add(due.get(i));
            }
        }
        return taken;
    }

    @Override
    public List<Batch> load(Handle handle, Collection<Long> batches) {
        if (batches.isEmpty()) {
            return List.of();
        }
        return handle.createQuery(
                        "SELECT id, owner, queue, ended, jobs FROM mb_jobs_claimed WHERE id IN (<ids>) ORDER BY id")
                .bindList("ids", List.copyOf(batches))
                .map((row, context) -> Batch.stored(
                        row.getLong("id"),
                        row.getLong("owner"),
                        StoredJobs.read(row.getString("jobs"), row.getString("queue")),
                        row.getBytes("ended")))
                .list();
    }

    /** Nothing tells here of transactions under way in a batch: the marks of its jobs do, when they are set. */
    @Override
    public List<Long> lockOrphans(Handle handle, int limit) {
        return handle.createQuery("""
                        SELECT id FROM mb_jobs_claimed c
                        WHERE NOT EXISTS (SELECT 1 FROM mb_job_worker w WHERE w.id = c.owner)
                        ORDER BY id LIMIT :limit FOR UPDATE%s""".formatted(dialect == Dialect.MARIADB ? " SKIP LOCKED" : ""))
                .bind("limit", limit)
                .mapTo(Long.class)
                .list();
    }

    @Override
    public Pulse beat(Handle handle, long owner, Duration lease, Set<String> queues) {
        boolean alive = time.bind(handle.createUpdate(
                                "UPDATE mb_job_worker SET lease_until = " + time.later() + " WHERE id = :owner"))
                        .bind("micros", SqlTime.micros(lease))
                        .bind("owner", owner)
                        .execute()
                == 1;
        OffsetDateTime now = time.bind(handle.createQuery("SELECT " + time.now() + " AS moment"
                        + (time.clock() == null ? "" : " FROM (VALUES (1)) AS one")))
                .map((row, context) -> row.getObject("moment", OffsetDateTime.class))
                .one();
        boolean orphans = time.bind(handle.createQuery("""
                        SELECT CASE WHEN EXISTS (SELECT 1 FROM mb_job_worker WHERE id <> :owner AND lease_until <= %s)
                            OR EXISTS (SELECT 1 FROM mb_jobs_claimed c
                                WHERE NOT EXISTS (SELECT 1 FROM mb_job_worker w WHERE w.id = c.owner))
                            OR EXISTS (SELECT 1 FROM mb_job j WHERE state <> 1
                                OR NOT EXISTS (SELECT 1 FROM mb_job_worker w WHERE w.id = j.owner))
                            THEN 1 ELSE 0 END AS orphans
                        """.formatted(time.now())))
                .bind("owner", owner)
                .map((row, context) -> row.getInt("orphans") == 1)
                .one();
        Map<String, Duration> due = new HashMap<>();
        for (String queue : queues) {
            next(handle, queue).ifPresent(first -> due.put(queue, Duration.between(now, first)));
        }
        Set<String> paused = Set.copyOf(handle.createQuery("SELECT queue FROM mb_jobs_queue WHERE paused = TRUE")
                .mapTo(String.class)
                .list());
        return new Pulse(alive, orphans, due, paused, Set.copyOf(CancelRows.wanted(handle)));
    }

    private static Optional<OffsetDateTime> next(Handle handle, String queue) {
        var first = new ArrayList<OffsetDateTime>();
        for (JobPriority priority : JobPriority.values()) {
            handle.createQuery("""
                            SELECT run_at FROM mb_jobs_waiting
                            WHERE queue = :queue AND priority = :priority AND partition_key IS NULL
                            ORDER BY queue, priority, run_at, id LIMIT 1""")
                    .bind("queue", queue)
                    .bind("priority", priority.code())
                    .map((row, context) -> row.getObject("run_at", OffsetDateTime.class))
                    .findOne()
                    .ifPresent(first::add);
        }
        handle.createQuery("SELECT min(run_at) AS run_at FROM mb_jobs_waiting"
                        + " WHERE queue = :queue AND partition_key IS NOT NULL")
                .bind("queue", queue)
                .map((row, context) -> Optional.ofNullable(row.getObject("run_at", OffsetDateTime.class)))
                .one()
                .ifPresent(first::add);
        return first.stream().min(OffsetDateTime::compareTo);
    }
}
