// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.JobCount;
import dev.mobilebackend.jobs.JobHandler;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.RetryPolicy;
import dev.mobilebackend.jobs.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On the database's own clock, which no test can move: a lease of no length has ended, one of a day has not. */
@Timeout(60)
class JdbiJobStoreTest {

    @JobKind("make-receipt")
    record MakeReceipt(String orderId) {}

    private static final Duration ENDED = Duration.ZERO;
    private static final Duration LONG = Duration.ofDays(1);

    private final JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:jobs;LOCK_TIMEOUT=60000", "sa", "");
    private final Database database = Database.of(pool);
    private final JdbiJobStore store = JdbiJobStore.of(database);

    @BeforeEach
    void install() {
        Schema.install(database, JdbiJobStore.SCHEMA);
        database.useTransaction(handle -> handle.execute("CREATE TABLE receipt (order_id varchar(10) NOT NULL)"));
    }

    @AfterEach
    void drop() {
        database.useTransaction(handle -> handle.execute("DROP ALL OBJECTS"));
        pool.dispose();
    }

    @Test
    void aJobIsEnqueuedWithTheTransactionItBelongsTo() {
        Worker worker = receiptWorker();

        database.useTransaction(handle -> store.enqueue(handle, new MakeReceipt("7")));
        worker.runDue();

        assertEquals(List.of("7"), receipts());
    }

    @Test
    void aJobOfATransactionThatRolledBackNeverRuns() {
        Worker worker = receiptWorker();

        assertThrows(
                IllegalStateException.class,
                () -> database.useTransaction(handle -> {
                    store.enqueue(handle, new MakeReceipt("7"));
                    throw new IllegalStateException("the order was refused");
                }));
        int runs = worker.runDue();

        assertEquals(0, runs);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void wakesAWorkerAfterTheCommitAndNotBefore() {
        var heard = new AtomicInteger();
        store.addListener(heard::incrementAndGet);

        int beforeCommit = database.inTransaction(handle -> {
            store.enqueue(handle, new MakeReceipt("7"));
            return heard.get();
        });

        assertEquals(0, beforeCommit);
        assertEquals(1, heard.get());
    }

    @Test
    void wakesAWorkerAtOnceWhereEachStatementCommitsByItself() {
        var heard = new AtomicInteger();
        store.addListener(heard::incrementAndGet);

        database.withHandle(handle -> store.enqueue(handle, new MakeReceipt("7")));

        assertEquals(1, heard.get());
    }

    @Test
    void aDelayedJobIsNotDueYet() {
        Worker worker = receiptWorker();
        database.useTransaction(
                handle -> store.enqueue(handle, NewJob.of(new MakeReceipt("7")).after(Duration.ofHours(1))));

        int runs = worker.runDue();

        assertEquals(0, runs);
        assertEquals(List.of(new JobCount("make-receipt", JobState.WAITING, 1)), store.counts());
    }

    @Test
    void anEndedLeaseIsTakenOverAndALastingOneIsNot() {
        store.enqueue(NewJob.of(new MakeReceipt("7")));
        store.enqueue(NewJob.of(new MakeReceipt("8")));
        long lasting = store.join(LONG);
        long ended = store.join(ENDED);
        store.finishAndClaim(lasting, List.of(), 1);
        store.finishAndClaim(ended, List.of(), 1);

        int rescued = store.rescue();

        assertEquals(1, rescued);
        assertEquals(1, store.claims(lasting).size());
        assertTrue(store.beat(lasting, LONG));
        assertFalse(store.beat(ended, LONG));
    }

    @Test
    void aClaimThatComesSecondToARowLeavesIt() {
        store.enqueue(NewJob.of(new MakeReceipt("7")));
        long first = store.join(LONG);
        long second = store.join(LONG);

        CompletableFuture<List<ClaimedJob>> late = database.inTransaction(handle -> {
            new H2Claiming(SqlTime.of(Dialect.H2, null)).finishAndClaim(handle, first, List.of(), 1);
            var waiting = CompletableFuture.supplyAsync(
                    () -> store.finishAndClaim(second, List.of(), 1),
                    task -> Ambient.threads("second").newThread(task).start());
            while (blockedSessions() == 0) {
                Thread.onSpinWait();
            }
            return waiting;
        });

        assertEquals(List.of(), late.join());
        assertEquals(1, store.claims(first).size());
    }

    @Test
    void theEffectOfATransactionalJobAndItsCompletionAreOneCommit() {
        Worker worker = receiptWorker();
        store.enqueue(NewJob.of(new MakeReceipt("7")));

        int runs = worker.runDue() + worker.runDue();

        assertEquals(1, runs);
        assertEquals(List.of("7"), receipts());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void theEffectOfAFailingTransactionalJobIsRolledBackAndTheJobWaits() {
        Worker worker = receiptWorker((job, handle) -> {
            insertReceipt(job, handle);
            throw new IllegalStateException("the printer is out of paper");
        });
        store.enqueue(NewJob.of(new MakeReceipt("7")));

        worker.runDue();

        assertEquals(List.of(), receipts());
        assertEquals(List.of(new JobCount("make-receipt", JobState.WAITING, 1)), store.counts());
    }

    @Test
    void aTransactionalJobThatWasTakenOverLeavesNoEffect() {
        long id = store.enqueue(NewJob.of(new MakeReceipt("7")));
        long heir = store.join(LONG);
        JobHandler<MakeReceipt> transactional = store.inTransaction(JdbiJobStoreTest::insertReceipt);
        Worker paused = Worker.builder(store)
                .handle(MakeReceipt.class, (job, context) -> {
                    store.beat(context.claim().owner(), ENDED);
                    store.rescue();
                    store.finishAndClaim(heir, List.of(), 1);
                    transactional.run(job, context);
                })
                .build();

        paused.runDue();

        assertEquals(List.of(), receipts());
        assertEquals(List.of(new Claim(id, heir, 2)), store.claims(heir));
    }

    @Test
    void aStartedWorkerRunsEachJobOnceAndDrains() throws InterruptedException {
        int jobs = 50;
        var done = new CountDownLatch(jobs);
        Worker worker = receiptWorker((job, handle) -> {
            insertReceipt(job, handle);
            Database.afterCommit(handle, done::countDown);
        });
        worker.start();

        database.useTransaction(handle -> {
            for (int order = 0; order < jobs; order++) {
                store.enqueue(handle, new MakeReceipt("" + order));
            }
        });
        boolean inTime = done.await(30, TimeUnit.SECONDS);
        boolean drained = worker.drain(Duration.ofSeconds(30));

        assertTrue(inTime);
        assertTrue(drained);
        assertEquals(jobs, receipts().size());
        assertEquals(jobs, receipts().stream().distinct().count());
        assertEquals(List.of(), store.counts());
        assertEquals(0, workers());
    }

    private Worker receiptWorker() {
        return receiptWorker(JdbiJobStoreTest::insertReceipt);
    }

    private Worker receiptWorker(TransactionalJobHandler<MakeReceipt> handler) {
        return Worker.builder(store)
                .handle(MakeReceipt.class, store.inTransaction(handler))
                .retry(RetryPolicy.exponential(Duration.ofHours(1), Duration.ofHours(1)))
                .build();
    }

    private static void insertReceipt(MakeReceipt job, Handle handle) {
        handle.createUpdate("INSERT INTO receipt (order_id) VALUES (:orderId)")
                .bind("orderId", job.orderId())
                .execute();
    }

    private List<String> receipts() {
        return database.withHandle(handle -> handle.createQuery("SELECT order_id FROM receipt")
                .mapTo(String.class)
                .list());
    }

    private int blockedSessions() {
        return database.withHandle(handle -> handle.createQuery(
                        "SELECT count(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL")
                .mapTo(Integer.class)
                .one());
    }

    private int workers() {
        return database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM mb_job_worker")
                .mapTo(Integer.class)
                .one());
    }
}
