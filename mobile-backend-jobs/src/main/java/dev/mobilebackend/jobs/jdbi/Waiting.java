// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.array.SqlArrayTypes;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The rows of jobs that wait: how they come in, and how they come back. */
record Waiting(Dialect dialect, SqlTime time, ScanMarks scans, PayloadSeal seal) {

    private static final String INSERT =
            "INSERT INTO mb_jobs_waiting (run_at, priority, queue, kind, payload, partition_key, extra) ";

    /**
     * A job that waits again.
     *
     * @param delay how long from now, or null for when it was due before
     * @param attempt how many have been counted
     */
    record PutBack(
            StoredJob job,
            @Nullable Duration delay,
            int attempt,
            boolean rescued,
            @Nullable String error) {}

    /** The ids come in the order of the jobs. */
    List<Long> add(Handle handle, List<NewJob> jobs) {
        if (jobs.isEmpty()) {
            return List.of();
        }
        return dialect == Dialect.POSTGRESQL ? addArrays(handle, jobs) : addBatch(handle, jobs);
    }

    void putBack(Handle handle, Collection<PutBack> all) {
        all.stream()
                .map(back -> back.job().queue())
                .distinct()
                .forEach(queue -> Database.afterCommit(handle, () -> scans.putBack(queue)));
        putBack(handle, all.stream().filter(job -> job.delay() != null).toList(), time.later());
        putBack(handle, all.stream().filter(job -> job.delay() == null).toList(), time.written());
    }

    private void putBack(Handle handle, List<PutBack> all, String runAt) {
        if (all.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("INSERT INTO mb_jobs_waiting (id, run_at, attempt, priority, rescued,"
                + " queue, kind, payload, partition_key, extra, error) VALUES (:id, " + runAt
                + ", :attempt, :priority, :rescued, :queue, :kind, :payload, :partitionKey, :extra, :error)");
        for (PutBack back : all) {
            StoredJob job = back.job();
            if (back.delay() == null) {
                batch.bind("runAt", job.runAt());
            } else {
                time.bind(batch).bind("micros", SqlTime.micros(back.delay()));
            }
            batch.bind("id", job.id())
                    .bind("attempt", back.attempt())
                    .bind("priority", job.priority())
                    .bind("rescued", back.rescued())
                    .bind("queue", job.queue())
                    .bind("kind", job.kind())
                    .bind("payload", job.payload())
                    .bind("partitionKey", job.partitionKey())
                    .bind("extra", job.extra())
                    .bind("error", back.error())
                    .add();
        }
        batch.execute();
    }

    private List<Long> addArrays(Handle handle, List<NewJob> jobs) {
        handle.getConfig(SqlArrayTypes.class).register(Long.class, "bigint").register(Integer.class, "integer");
        return time.bind(handle.createQuery(
                        "WITH added AS (" + INSERT + "SELECT " + time.later().replace(":micros", "micros")
                                + ", priority, queue, kind, payload, partition_key, extra"
                                + " FROM unnest(:micros, :priorities, :queues, :kinds, :payloads, :partitionKeys, :extras)"
                                + " WITH ORDINALITY AS n (micros, priority, queue, kind, payload, partition_key, extra, place)"
                                + " ORDER BY place RETURNING id)"
                                + " SELECT id FROM added ORDER BY id"))
                .bindArray("micros", Long.class, each(jobs, job -> SqlTime.micros(job.delay())))
                .bindArray("priorities", Integer.class, each(jobs, job -> job.priority()
                        .code()))
                .bindArray("queues", String.class, each(jobs, NewJob::queue))
                .bindArray("kinds", String.class, each(jobs, NewJob::kind))
                .bindArray("payloads", String.class, each(jobs, job -> seal.close(job.kind(), job.payload())))
                .bindArray("partitionKeys", String.class, each(jobs, job -> Lanes.key(job.ties())))
                .bindArray("extras", String.class, each(jobs, job -> Extra.of(job.ties())))
                .mapTo(Long.class)
                .list();
    }

    private static List<@Nullable Object> each(List<NewJob> jobs, Function<NewJob, @Nullable Object> what) {
        var all = new ArrayList<@Nullable Object>();
        jobs.forEach(job -> all.add(what.apply(job)));
        return all;
    }

    private List<Long> addBatch(Handle handle, List<NewJob> jobs) {
        PreparedBatch batch = handle.prepareBatch(insert(time));
        jobs.forEach(job -> time.bind(batch).bindMap(values(job, seal)).add());
        return batch.executePreparedBatch("id").mapTo(Long.class).list();
    }

    /** Adds one job, with the parameters of {@link SqlTime} and {@link #values}. */
    static String insert(SqlTime time) {
        return INSERT + "VALUES (" + time.later() + ", :priority, :queue, :kind, :payload, :partitionKey, :extra)";
    }

    static Map<String, @Nullable Object> values(NewJob job, PayloadSeal seal) {
        var values = new HashMap<String, @Nullable Object>();
        values.put("micros", SqlTime.micros(job.delay()));
        values.put("priority", job.priority().code());
        values.put("queue", job.queue());
        values.put("kind", job.kind());
        values.put("payload", seal.close(job.kind(), job.payload()));
        values.put("partitionKey", Lanes.key(job.ties()));
        values.put("extra", Extra.of(job.ties()));
        return values;
    }
}
