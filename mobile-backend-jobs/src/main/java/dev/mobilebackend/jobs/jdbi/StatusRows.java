// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.JobReport;
import dev.mobilebackend.jobs.JobStatus;
import dev.mobilebackend.jobs.NewJob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code mb_jobs_status}: one for each tracked job, from the transaction that enqueues it on. A run writes
 * only while no later claim of the job has.
 */
record StatusRows(SqlTime time) {

    private static final int ID_BYTES = 16;
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    static boolean isTracked(NewJob job) {
        return job.ties().owner() != null;
    }

    void add(Handle handle, List<NewJob> jobs, List<Long> ids) {
        if (jobs.stream().noneMatch(StatusRows::isTracked)) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("INSERT INTO mb_jobs_status (id, job, owner, kind, state, claim)"
                + " VALUES (:id, :job, :owner, :kind, " + code(JobStatus.State.WAITING) + ", 0)");
        for (int place = 0; place < jobs.size(); place++) {
            NewJob job = jobs.get(place);
            if (isTracked(job)) {
                batch.bind("id", newId())
                        .bind("job", ids.get(place))
                        .bind("owner", job.ties().owner())
                        .bind("kind", job.kind())
                        .add();
            }
        }
        batch.execute();
    }

    boolean report(Handle handle, Claim claim, JobReport report) {
        return handle.createUpdate("UPDATE mb_jobs_status SET state = " + code(JobStatus.State.RUNNING)
                                + ", claim = GREATEST(claim, :claim), progress = COALESCE(:progress, progress),"
                                + " note = COALESCE(:note, note), result = COALESCE(:result, result)"
                                + " WHERE job = :job AND (claim <= :claim OR :claim = 0) AND ended_at IS NULL")
                        .bind("claim", claim.batch())
                        .bind("progress", report.progress())
                        .bind("note", report.note())
                        .bind("result", report.result())
                        .bind("job", claim.job())
                        .execute()
                == 1;
    }

    /** In the transaction that ends the jobs. */
    void ended(Handle handle, List<Endings.Ended> jobs) {
        List<Endings.Ended> tracked = jobs.stream()
                .filter(ended -> Boolean.TRUE.equals(ended.extra().tracked()))
                .toList();
        if (tracked.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("UPDATE mb_jobs_status SET state = :state, ended_at = " + time.now()
                + ", result = CASE WHEN :done = 1 THEN result ELSE NULL END WHERE job = :job");
        tracked.stream()
                .sorted((one, other) -> Long.compare(one.job().id(), other.job().id()))
                .forEach(ended -> time.bind(batch)
                        .bind("state", code(state(ended.how())))
                        .bind("done", ended.how() == Endings.How.DONE ? 1 : 0)
                        .bind("job", ended.job().id())
                        .add());
        batch.execute();
    }

    private static JobStatus.State state(Endings.How how) {
        return switch (how) {
            case DONE -> JobStatus.State.DONE;
            case DEAD -> JobStatus.State.FAILED;
            case CANCELLED -> JobStatus.State.CANCELLED;
        };
    }

    /** As it is stored. */
    private static int code(JobStatus.State state) {
        return switch (state) {
            case WAITING -> 0;
            case RUNNING -> 1;
            case DONE -> 2;
            case FAILED -> 3;
            case CANCELLED -> 4;
        };
    }

    private static JobStatus.State state(int code) {
        return Stream.of(JobStatus.State.values())
                .filter(state -> code(state) == code)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("mb_jobs_status has an unknown state " + code));
    }

    /** Dead jobs wait again. */
    void replayed(Handle handle, Collection<StoredJob> jobs) {
        for (StoredJob job : jobs) {
            if (job.tied() && Boolean.TRUE.equals(job.readExtra().tracked())) {
                handle.createUpdate("UPDATE mb_jobs_status SET state = " + code(JobStatus.State.WAITING)
                                + ", ended_at = NULL, progress = NULL, note = NULL WHERE job = :job")
                        .bind("job", job.id())
                        .execute();
            }
        }
    }

    Optional<String> idOf(Handle handle, long job) {
        return handle.createQuery("SELECT id FROM mb_jobs_status WHERE job = :job")
                .bind("job", job)
                .mapTo(String.class)
                .findOne();
    }

    Optional<Long> jobOf(Handle handle, String owner, String id) {
        return handle.createQuery("SELECT job FROM mb_jobs_status WHERE id = :id AND owner = :owner")
                .bind("id", id)
                .bind("owner", owner)
                .mapTo(Long.class)
                .findOne();
    }

    Optional<JobStatus> find(Handle handle, String owner, String id) {
        return handle.createQuery("SELECT id, kind, state, progress, note, result FROM mb_jobs_status"
                        + " WHERE id = :id AND owner = :owner")
                .bind("id", id)
                .bind("owner", owner)
                .map((row, context) -> status(row))
                .findOne();
    }

    private static JobStatus status(ResultSet row) throws SQLException {
        JobStatus.State state = state(row.getInt("state"));
        double progress = row.getDouble("progress");
        @Nullable Double told = row.wasNull() ? null : (Double) progress;
        return new JobStatus(
                row.getString("id"),
                row.getString("kind"),
                state,
                told,
                row.getString("note"),
                state == JobStatus.State.DONE ? row.getString("result") : null);
    }

    int forget(Handle handle, String owner) {
        return handle.createUpdate("DELETE FROM mb_jobs_status WHERE owner = :owner")
                .bind("owner", owner)
                .execute();
    }

    int purge(Database database, Duration age, int atMost) {
        var values = new HashMap<String, Object>(time.values());
        values.put("micros", -SqlTime.micros(age));
        return Purge.of("mb_jobs_status", "ended_at <= " + time.later())
                .inOrderOf("ended_at")
                .run(database, Map.copyOf(values), atMost);
    }

    private static String newId() {
        byte[] id = new byte[ID_BYTES];
        Ambient.random().nextBytes(id);
        return TEXT.encodeToString(id);
    }
}
