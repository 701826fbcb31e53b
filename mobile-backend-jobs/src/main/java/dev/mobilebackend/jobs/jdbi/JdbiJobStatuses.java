// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.jobs.Cancellation;
import dev.mobilebackend.jobs.JobStatus;
import dev.mobilebackend.jobs.JobStatuses;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statuses of a {@link JdbiJobStore}; made by {@link JdbiJobStore#statuses()}. */
public final class JdbiJobStatuses implements JobStatuses {

    private final Database database;
    private final StatusRows rows;
    private final CancelRows cancels;

    JdbiJobStatuses(Database database, StatusRows rows, CancelRows cancels) {
        this.database = database;
        this.rows = rows;
        this.cancels = cancels;
    }

    @Override
    public String idOf(long job) {
        return database.withHandle(handle -> idOf(handle, job));
    }

    /** {@link #idOf(long)} in the transaction that has enqueued the job and is not committed. */
    public String idOf(Handle handle, long job) {
        return rows.idOf(handle, job)
                .orElseThrow(() -> new IllegalArgumentException("job " + job
                        + " is not tracked, or its status was purged: enqueue it with NewJob.tracked(owner)"));
    }

    @Override
    public Optional<JobStatus> find(String owner, String id) {
        return database.withHandle(handle -> rows.find(handle, owner, id));
    }

    @Override
    public Cancellation cancel(String owner, String id) {
        return database.inRetriedTransaction(handle -> rows.jobOf(handle, owner, id)
                .map(job -> cancels.cancel(handle, job))
                .orElse(Cancellation.NOT_FOUND));
    }

    @Override
    public int forget(String owner) {
        return database.inRetriedTransaction(handle -> forget(handle, owner));
    }

    /** {@link #forget(String)} in the transaction that deletes the owner. */
    public int forget(Handle handle, String owner) {
        return rows.forget(handle, owner);
    }

    @Override
    public int purge(Duration age, int atMost) {
        if (age.isNegative()) {
            throw new IllegalArgumentException("age must not be negative, was " + age);
        }
        return rows.purge(database, age, atMost);
    }
}
