// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.jobchaos;

import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.JobContext;
import dev.mobilebackend.jobs.JobHandler;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.QueuePolicy;
import dev.mobilebackend.jobs.RetryPolicy;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;

/** A worker process that tells the ledger of all it does. */
final class ChaosWorker {

    /** Its end is reported after the work, so it may run again. */
    @JobKind("plain")
    record Plain(int number) {}

    /** Its effect and its end are one commit. */
    @JobKind("effect")
    record Effect(int number) {}

    static final Duration LEASE = Duration.ofSeconds(2);
    static final String ORDERED = "ordered";
    static final String IN_CLAIM = "in-claim";
    static final int ATTEMPTS = 200;

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration WORK = Duration.ofMillis(5);

    private ChaosWorker() {}

    public static void main(String[] arguments) throws InterruptedException {
        var pool = new HikariDataSource();
        pool.setJdbcUrl(arguments[0]);
        pool.setUsername(CrashedPostgres.USER);
        pool.setMaximumPoolSize(14);
        pool.setConnectionTimeout(5_000);
        pool.setInitializationFailTimeout(60_000);
        Database database = Database.of(pool);
        JdbiJobStore store = JdbiJobStore.of(database);
        JobHandler<Effect> inTransaction = store.inTransaction(ChaosWorker::effect);
        Worker worker = Worker.builder(store)
                .handle(Plain.class, (job, context) -> plain(database, job, context))
                .handle(Effect.class, (job, context) -> {
                    if (context.claim().batch() != 0) {
                        tell(database, job.number(), "begun", context);
                    }
                    inTransaction.run(job, context);
                })
                .queue(ORDERED, QueuePolicy.of(3))
                .queue(IN_CLAIM, QueuePolicy.runInClaim())
                .concurrency(4)
                .retry(new RetryPolicy(Duration.ofMillis(50), Duration.ofMillis(200), ATTEMPTS))
                .lease(LEASE)
                .poll(POLL)
                .build();
        while (!starts(worker)) {
            LockSupport.parkNanos(POLL.toNanos());
        }
        new CountDownLatch(1).await();
    }

    /** The database may be away just now. */
    private static boolean starts(Worker worker) {
        try {
            worker.start();
            return true;
        } catch (RuntimeException away) {
            System.err.println("the worker did not start: " + away);
            return false;
        }
    }

    private static void plain(Database database, Plain job, JobContext context) {
        tell(database, job.number(), "begun", context);
        LockSupport.parkNanos(WORK.toNanos());
        tell(database, job.number(), "ended", context);
    }

    private static void effect(Effect job, Handle handle, JobContext context) {
        JobsLedger.tell(handle, job.number(), "effect", context.claim());
        if (context.claim().batch() != 0) {
            LockSupport.parkNanos(WORK.toNanos());
        }
        if (job.number() % 17 == 0 && context.claim().attempt() == 1) {
            throw new IllegalStateException("every seventeenth fails at first");
        }
    }

    private static void tell(Database database, int number, String what, JobContext context) {
        Claim claim = context.claim();
        database.useTransaction(handle -> JobsLedger.tell(handle, number, what, claim));
    }
}
