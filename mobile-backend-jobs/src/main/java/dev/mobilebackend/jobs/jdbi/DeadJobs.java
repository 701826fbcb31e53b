// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.DeadJob;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The rows of jobs that failed for the last time. */
record DeadJobs(SqlTime time, PayloadSeal seal) {

    /** A job that dies now, of its last attempt. */
    record Burial(StoredJob job, int attempt, String error) {}

    void add(Handle handle, List<Burial> burials) {
        if (burials.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("INSERT INTO mb_jobs_dead (id, died_at, run_at, attempt, priority,"
                + " queue, kind, payload, partition_key, extra, error) VALUES (:id, " + time.now()
                + ", " + time.written() + ", :attempt, :priority, :queue, :kind, :payload,"
                + " :partitionKey, :extra, :error)");
        for (Burial burial : burials) {
            StoredJob job = burial.job();
            time.bind(batch)
                    .bind("id", job.id())
                    .bind("runAt", job.runAt())
                    .bind("attempt", burial.attempt())
                    .bind("priority", job.priority())
                    .bind("queue", job.queue())
                    .bind("kind", job.kind())
                    .bind("payload", job.payload())
                    .bind("partitionKey", job.partitionKey())
                    .bind("extra", job.extra())
                    .bind("error", burial.error())
                    .add();
        }
        batch.execute();
    }

    List<DeadJob> newest(Handle handle, int limit) {
        return handle.createQuery("SELECT id, kind, payload, attempt, error, died_at FROM mb_jobs_dead"
                        + " ORDER BY died_at DESC, id DESC LIMIT :limit")
                .bind("limit", limit)
                .map((row, context) -> new DeadJob(
                        row.getLong("id"),
                        row.getString("kind"),
                        seal.open(row.getString("kind"), row.getString("payload")),
                        row.getInt("attempt"),
                        row.getString("error"),
                        row.getObject("died_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** The oldest of a kind. */
    List<Long> oldest(Handle handle, String kind, int limit) {
        return handle.createQuery("SELECT id FROM mb_jobs_dead WHERE kind = :kind ORDER BY died_at, id LIMIT :limit")
                .bind("kind", kind)
                .bind("limit", limit)
                .mapTo(Long.class)
                .list();
    }

    /** Those that were dead and are no more, in the order of their ids; what somebody else removes is waited for. */
    List<StoredJob> remove(Handle handle, List<Long> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        List<StoredJob> jobs = handle.createQuery(
                        "SELECT id, run_at, attempt, priority, false AS rescued, queue, kind, payload, partition_key, extra"
                                + " FROM mb_jobs_dead WHERE id IN (<ids>) ORDER BY id FOR UPDATE")
                .bindList("ids", ids)
                .map(PlainClaiming.JOB)
                .list();
        if (!jobs.isEmpty()) {
            handle.createUpdate("DELETE FROM mb_jobs_dead WHERE id IN (<ids>)")
                    .bindList("ids", jobs.stream().map(StoredJob::id).toList())
                    .execute();
        }
        return jobs;
    }

    int purge(Database database, Duration age, int atMost) {
        var values = new HashMap<String, Object>(time.values());
        values.put("micros", -SqlTime.micros(age));
        return Purge.of("mb_jobs_dead", "died_at <= " + time.later())
                .inOrderOf("died_at")
                .run(database, Map.copyOf(values), atMost);
    }
}
