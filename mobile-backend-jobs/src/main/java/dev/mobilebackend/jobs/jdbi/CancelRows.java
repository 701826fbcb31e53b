// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.Cancellation;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Takes waiting jobs away, and keeps a wish for each that a worker has: a row of {@code mb_jobs_cancel}, which every
 * heartbeat reads. A job that comes back to wait in spite of one is taken away by the next heartbeat.
 */
record CancelRows(Dialect dialect, SqlTime time, Endings endings) {

    /** How many wishes a heartbeat reads: those for the oldest jobs. */
    static final int MOST = 1_000;

    /** A wish as old as this may be for a job that has long ended. */
    private static final Duration OLD = Duration.ofMinutes(10);

    Cancellation cancel(Handle handle, long job) {
        if (takeAway(handle, List.of(job))) {
            return Cancellation.CANCELLED;
        }
        if (claimed(handle).contains(job)) {
            var values = new HashMap<String, Object>(time.values());
            values.put("job", job);
            dialect.insertIfAbsent(
                    handle, "INSERT INTO mb_jobs_cancel (job, asked_at) VALUES (:job, " + time.now() + ")", values);
            return Cancellation.ASKED;
        }
        // It may have been put back between the two looks.
        return takeAway(handle, List.of(job)) ? Cancellation.CANCELLED : Cancellation.NOT_FOUND;
    }

    /** Takes away what waits in spite of a wish, and forgets old wishes for what has ended. */
    int sweep(Handle handle) {
        List<Long> wanted = wanted(handle);
        if (wanted.isEmpty()) {
            return 0;
        }
        takeAway(
                handle,
                handle.createQuery("SELECT id FROM mb_jobs_waiting WHERE id IN (<ids>)")
                        .bindList("ids", wanted)
                        .mapTo(Long.class)
                        .list());
        List<Long> old = time.bind(
                        handle.createQuery("SELECT job FROM mb_jobs_cancel WHERE asked_at <= " + time.later()))
                .bind("micros", -SqlTime.micros(OLD))
                .mapTo(Long.class)
                .list();
        if (!old.isEmpty()) {
            Set<Long> claimed = claimed(handle);
            forget(handle, old.stream().filter(job -> !claimed.contains(job)).toList());
        }
        return wanted.size();
    }

    void forget(Handle handle, Collection<Long> jobs) {
        if (!jobs.isEmpty()) {
            handle.createUpdate("DELETE FROM mb_jobs_cancel WHERE job IN (<jobs>)")
                    .bindList("jobs", List.copyOf(jobs))
                    .execute();
        }
    }

    /** The oldest first. */
    static List<Long> wanted(Handle handle) {
        return handle.createQuery("SELECT job FROM mb_jobs_cancel ORDER BY job LIMIT " + MOST)
                .mapTo(Long.class)
                .list();
    }

    private boolean takeAway(Handle handle, List<Long> ids) {
        if (ids.isEmpty()) {
            return false;
        }
        List<StoredJob> taken = handle
                .createQuery("SELECT id, run_at, attempt, priority, rescued, queue, kind, payload, partition_key, extra"
                        + " FROM mb_jobs_waiting WHERE id IN (<ids>) ORDER BY id")
                .bindList("ids", ids)
                .map(PlainClaiming.JOB)
                .stream()
                .filter(job -> isTaken(handle, job.id()))
                .toList();
        endings.settle(handle, taken, Endings.How.CANCELLED);
        forget(handle, taken.stream().map(StoredJob::id).toList());
        return !taken.isEmpty();
    }

    /** Not if somebody has claimed it meanwhile. */
    static boolean isTaken(Handle handle, long job) {
        return handle.createUpdate("DELETE FROM mb_jobs_waiting WHERE id = :id")
                        .bind("id", job)
                        .execute()
                == 1;
    }

    private Set<Long> claimed(Handle handle) {
        if (dialect == Dialect.POSTGRESQL) {
            return handle.createQuery("SELECT unnest(ids) FROM mb_jobs_claimed")
                    .mapTo(Long.class)
                    .set();
        }
        return new Taken(dialect)
                .after(handle, 0, Integer.MAX_VALUE).stream()
                        .flatMap(claim -> claim.lines().stream())
                        .map(line -> line.id())
                        .collect(Collectors.toSet());
    }
}
