// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.NewJob;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/** The leases of worker processes, and what becomes of the jobs of those that are no more. */
final class Rescue {

    /** Batches in one transaction: five thousand jobs at most. */
    private static final int AT_ONCE = 5;

    private static final Duration LOCK_WAIT = Duration.ofMillis(200);

    private final Database database;
    private final SqlTime time;
    private final Claiming claiming;
    private final Waiting waiting;
    private final JobMarks marks;
    private final EarlierTable earlier;

    Rescue(Database database, SqlTime time, Claiming claiming, Waiting waiting, JobMarks marks) {
        this.database = database;
        this.time = time;
        this.claiming = claiming;
        this.waiting = waiting;
        this.marks = marks;
        this.earlier = new EarlierTable(database.dialect());
    }

    long join(Duration lease) {
        return database.inTransaction(handle -> time.bind(
                        handle.createUpdate("INSERT INTO mb_job_worker (lease_until) VALUES (" + time.later() + ")"))
                .bind("micros", SqlTime.micros(lease))
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one());
    }

    /** An owner that is no more never comes back, so its batches may be looked up after the first look. */
    int rescue() {
        database.<Integer, RuntimeException>inRetriedTransaction(this::endLeases);
        int moved = moveEarlier();
        while (true) {
            int[] rescued = step();
            moved += rescued[1];
            if (rescued[0] < AT_ONCE) {
                return moved;
            }
        }
    }

    private int endLeases(Handle handle) {
        List<Long> ended = time.bind(handle.createQuery(
                        "SELECT id FROM mb_job_worker WHERE lease_until <= " + time.now() + skipLocked()))
                .mapTo(Long.class)
                .list();
        return ended.isEmpty()
                ? 0
                : time.bind(handle.createUpdate(
                                "DELETE FROM mb_job_worker WHERE id IN (<ids>) AND lease_until <= " + time.now()))
                        .bindList("ids", ended)
                        .execute();
    }

    private int moveEarlier() {
        int all = 0;
        int moved;
        do {
            moved = database.inTransaction(earlier::move);
            all += moved;
        } while (moved > 0);
        if (all > 0) {
            waiting.scans().putBack(NewJob.DEFAULT_QUEUE);
        }
        return all;
    }

    void leave(long owner) {
        database.useTransaction(handle -> handle.createUpdate("DELETE FROM mb_job_worker WHERE id = :owner")
                .bind("owner", owner)
                .execute());
        try {
            database.<Integer, SQLException>inRetriedTransaction(handle -> {
                List<Long> ids = handle.createQuery("SELECT id FROM mb_jobs_claimed WHERE owner = :owner FOR UPDATE")
                        .bind("owner", owner)
                        .mapTo(Long.class)
                        .list();
                return unpack(handle, ids, false);
            });
        } catch (SQLException failed) {
            throw new UnableToExecuteStatementException(failed, null);
        }
    }

    /** How many batches were unpacked, and how many jobs wait again. */
    private int[] step() {
        try {
            return database.<int[], SQLException>inTransaction(handle -> {
                List<Long> ids = claiming.lockOrphans(handle, AT_ONCE);
                return new int[] {ids.size(), unpack(handle, ids, true)};
            });
        } catch (SQLException failed) {
            throw new UnableToExecuteStatementException(failed, null);
        } catch (JdbiException failed) {
            if (Dialect.isLockTimeout(failed)) {
                return new int[] {0, 0};
            }
            throw failed;
        }
    }

    private int unpack(Handle handle, List<Long> ids, boolean orphaned) throws SQLException {
        if (ids.isEmpty()) {
            return 0;
        }
        List<Batch> batches = claiming.load(handle, ids);
        if (database.dialect() != Dialect.POSTGRESQL) {
            endAll(handle, batches);
        }
        var backs = new ArrayList<Waiting.PutBack>();
        Set<JobMarks.Place> begun = marks.places(handle, ids, false);
        Set<JobMarks.Place> ended =
                database.dialect() == Dialect.POSTGRESQL ? marks.places(handle, ids, true) : Set.of();
        for (Batch batch : batches) {
            for (StoredJob job : batch.left()) {
                var place = new JobMarks.Place(batch.id(), job.id());
                if (!ended.contains(place)) {
                    boolean counts = orphaned && begun.contains(place);
                    backs.add(new Waiting.PutBack(job, null, job.attempt() + (counts ? 1 : 0), true, null));
                }
            }
        }
        waiting.putBack(handle, backs);
        claiming.forgetMarks(handle, ids);
        handle.createUpdate("DELETE FROM mb_jobs_claimed WHERE id IN (<ids>)")
                .bindList("ids", ids)
                .execute();
        return backs.size();
    }

    private void endAll(Handle handle, List<Batch> batches) {
        database.dialect().withLockWait(handle, LOCK_WAIT, () -> {
            batches.replaceAll(batch -> batch.with(batch.left().stream()
                    .filter(job -> !marks.end(handle, new Claim(batch.id(), job.id(), batch.owner(), 0)))
                    .map(StoredJob::id)
                    .toList()));
            return batches;
        });
    }

    private String skipLocked() {
        return database.dialect() == Dialect.H2 ? "" : " FOR UPDATE SKIP LOCKED";
    }
}
