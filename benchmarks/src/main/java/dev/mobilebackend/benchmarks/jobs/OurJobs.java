// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.QueuePolicy;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import java.sql.SQLException;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/** This library: a worker with all that it has by default. */
final class OurJobs implements Contender {

    static final String PLAIN = "ours";
    private static final int A_COMMIT = 1_000;

    private final String title;
    private final Mode mode;
    private final JobsDatabase place;
    private final Database database;
    private final JdbiJobStore jobs;

    /** Gives a worker its handler. */
    private interface Mode {
        Worker.Builder handle(Worker.Builder worker, JdbiJobStore jobs, LongConsumer body);
    }

    private OurJobs(JobsDatabase place, String title, Mode mode) {
        this.title = title;
        this.mode = mode;
        this.place = place;
        this.database = place.database();
        Schema.install(database, JdbiJobStore.SCHEMA);
        this.jobs = JdbiJobStore.of(database);
    }

    static OurJobs plain(JobsDatabase place) {
        return new OurJobs(
                place,
                PLAIN,
                (worker, jobs, body) -> worker.handle(MakeReceipt.class, (job, context) -> body.accept(job.number())));
    }

    /** Each job in a transaction of its own, which also finishes it. */
    static OurJobs inTransaction(JobsDatabase place) {
        return new OurJobs(
                place,
                "ours, inTransaction",
                (worker, jobs, body) -> worker.handle(
                        MakeReceipt.class, jobs.inTransaction((job, handle) -> body.accept(job.number()))));
    }

    /** Short jobs that run in the transaction which claims them. */
    static OurJobs inClaim(JobsDatabase place) {
        return new OurJobs(place, "ours, in the claim", (worker, jobs, body) -> worker.queue(
                        NewJob.DEFAULT_QUEUE, QueuePolicy.runInClaim())
                .handle(MakeReceipt.class, jobs.inTransaction((job, handle) -> body.accept(job.number()))));
    }

    @Override
    public String toString() {
        return title;
    }

    @Override
    public void clear() throws SQLException {
        place.execute("TRUNCATE TABLE mb_jobs_waiting");
    }

    @Override
    public void enqueue(long number) {
        jobs.enqueue(NewJob.of(receipt(number)));
    }

    @Override
    public void enqueueAll(long first, int count) {
        for (int done = 0; done < count; done += A_COMMIT) {
            long from = first + done;
            jobs.enqueueAll(LongStream.range(from, from + Math.min(A_COMMIT, count - done))
                    .mapToObj(number -> NewJob.of(receipt(number)))
                    .toList());
        }
    }

    @Override
    public boolean pending() {
        return jobs.counts().stream().anyMatch(count -> count.state() != JobState.DEAD);
    }

    @Override
    public Working start(LongConsumer body) {
        Worker worker = mode.handle(Worker.builder(jobs), jobs, body).build();
        worker.start();
        return worker::close;
    }

    private static MakeReceipt receipt(long number) {
        return new MakeReceipt(number, ORDER);
    }
}
