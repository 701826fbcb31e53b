// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Dialect;
import org.jdbi.v3.core.Handle;

/**
 * The table of the version before, in which an instance of it still enqueues and runs while others are new already.
 * What waits in it, is dead, or was left by a worker that is no more moves to the tables of today, a thousand at a time.
 * The dead keep their numbers, below zero, since those of today are counted anew.
 */
record EarlierTable(Dialect dialect) {

    private static final int AT_ONCE = 1_000;

    private static final String ORPHANED =
            "NOT EXISTS (SELECT 1 FROM mb_job_worker WHERE mb_job_worker.id = mb_job.owner)";

    int move(Handle handle) {
        int moved = move(
                handle,
                "INSERT INTO mb_jobs_waiting (run_at, attempt, kind, payload, error)"
                        + " SELECT run_at, attempt, kind, payload, error FROM mb_job WHERE id IN (<ids>)",
                "(state = 0 OR (state = 1 AND " + ORPHANED + "))");
        move(
                handle,
                "INSERT INTO mb_jobs_dead (id, died_at, run_at, attempt, priority, queue, kind, payload, error)"
                        + " SELECT -id, died_at, run_at, attempt, 20, 'default', kind, payload,"
                        + " COALESCE(error, '') FROM mb_job WHERE id IN (<ids>)",
                "state = 2");
        return moved;
    }

    private int move(Handle handle, String insert, String which) {
        var ids = handle.createQuery("SELECT id FROM mb_job WHERE " + which + " ORDER BY id LIMIT " + AT_ONCE
                        + (dialect == Dialect.H2 ? "" : " FOR UPDATE SKIP LOCKED"))
                .mapTo(Long.class)
                .list();
        if (ids.isEmpty()) {
            return 0;
        }
        if (dialect == Dialect.H2) {
            // Locked first: an old worker may claim one of them.
            handle.createQuery("SELECT id FROM mb_job WHERE id IN (<ids>) AND " + which + " FOR UPDATE")
                    .bindList("ids", ids)
                    .mapTo(Long.class)
                    .list();
        }
        int moved = handle.createUpdate(insert + " AND " + which)
                .bindList("ids", ids)
                .execute();
        handle.createUpdate("DELETE FROM mb_job WHERE id IN (<ids>) AND " + which)
                .bindList("ids", ids)
                .execute();
        return moved;
    }
}
