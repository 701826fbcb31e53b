// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.stream.Collectors.toMap;
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
import dev.mobilebackend.jobs.DeadJob;
import dev.mobilebackend.jobs.JobCount;
import dev.mobilebackend.jobs.JobHandler;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.MovedClock;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.QueuePolicy;
import dev.mobilebackend.jobs.RetryPolicy;
import dev.mobilebackend.jobs.Unique;
import dev.mobilebackend.jobs.Worker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
    private static final String QUEUE = NewJob.DEFAULT_QUEUE;
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
        store.addListener(queue -> heard.incrementAndGet());

        int beforeCommit = database.inTransaction(handle -> {
            store.enqueue(handle, new MakeReceipt("7"));
            return heard.get();
        });

        assertEquals(0, beforeCommit);
        assertEquals(1, heard.get());
    }

    @Test
    void aJobOfAPlainConnectionSharesTheFateOfItsTransaction() throws SQLException {
        Worker worker = receiptWorker();

        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            store.enqueue(connection, NewJob.of(new MakeReceipt("rolled")));
            connection.rollback();
            store.enqueue(connection, NewJob.of(new MakeReceipt("7")));
            store.enqueue(connection, NewJob.of(new MakeReceipt("7")).unique(Unique.of("receipt")));
            int early = worker.runDue();
            connection.commit();

            assertEquals(0, early);
            assertFalse(connection.isClosed());
            assertFalse(connection.getAutoCommit());
        }
        worker.runDue();

        assertEquals(List.of("7", "7"), receipts());
    }

    @Test
    void theCommitOfAPlainConnectionIsToldByItsOwner() throws SQLException {
        var heard = new ArrayList<String>();
        store.addListener(heard::add);

        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            store.enqueue(connection, NewJob.of(new MakeReceipt("7")));
            connection.commit();
        }
        List<String> unsaid = List.copyOf(heard);
        store.wake(QUEUE);

        assertEquals(List.of(), unsaid);
        assertEquals(List.of(QUEUE), heard);
    }

    @Test
    void aPlainConnectionThatCommitsByItselfWakesAWorkerAtOnce() throws SQLException {
        var heard = new ArrayList<String>();
        store.addListener(heard::add);

        try (Connection connection = pool.getConnection()) {
            store.enqueue(connection, NewJob.of(new MakeReceipt("7")));

            assertTrue(connection.getAutoCommit());
        }

        assertEquals(List.of(QUEUE), heard);
    }

    @Test
    void wakesAWorkerAtOnceWhereEachStatementCommitsByItself() {
        var heard = new AtomicInteger();
        store.addListener(queue -> heard.incrementAndGet());

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
        store.finishAndClaim(lasting, List.of(), QUEUE, 1);
        store.finishAndClaim(ended, List.of(), QUEUE, 1);

        int rescued = store.rescue();

        assertEquals(1, rescued);
        assertEquals(1, store.claims(lasting, QUEUE).size());
        assertTrue(store.beat(lasting, LONG, Set.of()).alive());
        assertFalse(store.beat(ended, LONG, Set.of()).alive());
    }

    @Test
    void aClaimThatComesSecondToARowLeavesIt() {
        store.enqueue(NewJob.of(new MakeReceipt("7")));
        long first = store.join(LONG);
        long second = store.join(LONG);

        CompletableFuture<List<ClaimedJob>> late = database.inTransaction(handle -> {
            new PlainClaiming(Dialect.H2, SqlTime.of(Dialect.H2, null))
                    .finishAndClaim(handle, first, List.of(), List.of(), QUEUE, 1);
            var waiting = CompletableFuture.supplyAsync(
                    () -> store.finishAndClaim(second, List.of(), QUEUE, 1),
                    task -> Ambient.threads("second").newThread(task).start());
            while (blockedSessions() == 0) {
                assertFalse(waiting.isDone(), "the second did not wait for the row");
                Thread.onSpinWait();
            }
            return waiting;
        });

        assertEquals(List.of(), late.join());
        assertEquals(1, store.claims(first, QUEUE).size());
    }

    @Test
    void aPurgeDeletesOldDeadJobsAndWindowsThatAreOverAndNothingElse() {
        var clock = new MovedClock();
        var moved = JdbiJobStore.of(database, clock);
        NewJob job = NewJob.of(new MakeReceipt("7"));
        long owner = moved.join(LONG);
        moved.enqueue(job.unique(Unique.within("old", Duration.ofMinutes(1))));
        finishAsDead(moved, owner);
        clock.advance(Duration.ofDays(1));
        long lasting = moved.enqueue(job.unique(Unique.within("new", Duration.ofHours(1))));
        moved.beat(owner, LONG, Set.of());
        finishAsDead(moved, owner);
        long waiting = moved.enqueue(job);

        int first = moved.purge(Duration.ofDays(1), 1);
        int rest = moved.purge(Duration.ofDays(1), 10);

        assertEquals(List.of(1, 1, 0), List.of(first, rest, moved.purge(Duration.ofDays(1), 10)));
        assertEquals(List.of(lasting), moved.dead(10).stream().map(DeadJob::id).toList());
        assertEquals(lasting, moved.enqueue(job.unique(Unique.within("new", Duration.ofHours(1)))));
        assertEquals(
                waiting,
                moved.finishAndClaim(owner, List.of(), QUEUE, 1).get(0).claim().job());
        assertThrows(IllegalArgumentException.class, () -> moved.purge(Duration.ofDays(-1), 1));
    }

    private static void finishAsDead(JobStore store, long owner) {
        Claim claim = store.finishAndClaim(owner, List.of(), QUEUE, 1).get(0).claim();
        store.finishAndClaim(owner, List.of(new JobOutcome.Dead(claim, "broken")), QUEUE, 0);
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
                    store.beat(context.claim().owner(), ENDED, Set.of());
                    store.rescue();
                    store.finishAndClaim(heir, List.of(), QUEUE, 1);
                    transactional.run(job, context);
                })
                .build();

        paused.runDue();

        assertEquals(List.of(), receipts());
        assertEquals(
                List.of(id), store.claims(heir, QUEUE).stream().map(Claim::job).toList());
    }

    @Test
    void aTransactionalJobThatCommitsLateIsNeitherTakenOverNorRunAgain() throws Exception {
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        JobHandler<MakeReceipt> transactional = store.inTransaction((job, handle) -> {
            insertReceipt(job, handle);
            begun.countDown();
            release.await();
        });
        Worker paused = worker((job, context) -> {
            store.beat(context.claim().owner(), ENDED, Set.of());
            transactional.run(job, context);
        });
        store.enqueue(NewJob.of(new MakeReceipt("7")));
        CompletableFuture<Integer> run = inItsThread(paused::runDue);
        begun.await();

        int whileItIsOpen = store.rescue();
        release.countDown();
        run.join();
        int afterItsCommit = store.rescue();
        int runs = receiptWorker().runDue();

        assertEquals(List.of(0, 0, 0), List.of(whileItIsOpen, afterItsCommit, runs));
        assertEquals(List.of("7"), receipts());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aJobWhoseOwnTransactionCommittedIsNotRunAgainWhenItsAnswerWasLost() {
        JobHandler<MakeReceipt> transactional = store.inTransaction(JdbiJobStoreTest::insertReceipt);
        Worker worker = Worker.builder(store)
                .handle(MakeReceipt.class, (job, context) -> {
                    transactional.run(job, context);
                    throw new IllegalStateException("the answer to the commit was lost");
                })
                .retry(RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .build();
        store.enqueue(NewJob.of(new MakeReceipt("7")));

        worker.runDue();

        assertEquals(List.of("7"), receipts());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void jobsThatRunInTheirClaimAreOneCommit() {
        var committedBeforeTheLast = new ArrayList<Integer>();
        Worker worker = inClaimWorker((job, handle) -> {
            insertReceipt(job, handle);
            if (job.orderId().equals("3")) {
                committedBeforeTheLast.add(inItsThread(() -> receipts().size()).join());
            }
        });
        enqueueReceipts("1", "2", "3");

        int runs = worker.runDue();

        assertEquals(3, runs);
        assertEquals(List.of(0), committedBeforeTheLast);
        assertEquals(List.of("1", "2", "3"), receipts());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aJobThatFailsInItsClaimTakesNoEffectOfTheOthersAway() {
        Worker worker = inClaimWorker((job, handle) -> {
            insertReceipt(job, handle);
            if (job.orderId().equals("2")) {
                throw new IllegalStateException("the printer is out of paper");
            }
        });
        enqueueReceipts("1", "2", "3");

        worker.runDue();

        assertEquals(List.of("1", "3"), receipts());
        assertEquals(List.of(new JobCount("make-receipt", JobState.WAITING, 1)), store.counts());
    }

    @Test
    void aRescuedJobRunsInItsClaimToo() {
        enqueueReceipts("7");
        store.finishAndClaim(store.join(ENDED), List.of(), QUEUE, 1);

        inClaimWorker(JdbiJobStoreTest::insertReceipt).runDue();

        assertEquals(List.of("7"), receipts());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void whatTheVersionBeforeEnqueuedLeftAndBuriedMovesOver() {
        earlierJob("waiting", "NULL", 0, 1, "NULL");
        earlierJob("left", "4711", 1, 2, "NULL");
        earlierJob("dead", "NULL", 2, 5, "'no such order'");
        long old = store.join(LONG);
        earlierJob("running", "" + old, 1, 1, "NULL");

        int rescued = store.rescue();
        List<ClaimedJob> claimed = store.finishAndClaim(store.join(LONG), List.of(), QUEUE, 10);

        assertEquals(2, rescued);
        assertEquals(
                Map.of("{\"orderId\":\"waiting\"}", 2, "{\"orderId\":\"left\"}", 3),
                claimed.stream()
                        .collect(toMap(ClaimedJob::payload, job -> job.claim().attempt())));
        DeadJob dead = store.dead(10).get(0);
        assertEquals("no such order", dead.error());
        assertEquals(List.of("running"), earlierJobs());
        assertTrue(store.replay(dead.id()));
        assertEquals(
                1, store.finishAndClaim(store.join(LONG), List.of(), QUEUE, 10).size());
    }

    @Test
    void whatTheVersionBeforeEnqueuesIsSeenByAHeartbeat() {
        long owner = store.join(LONG);
        boolean before = store.beat(owner, LONG, Set.of(QUEUE)).orphans();
        earlierJob("waiting", "NULL", 0, 0, "NULL");

        boolean after = store.beat(owner, LONG, Set.of(QUEUE)).orphans();

        assertFalse(before);
        assertTrue(after);
    }

    @Test
    void aBacklogOfTheVersionBeforeMovesInOneRescue() {
        database.useTransaction(handle -> handle.execute("INSERT INTO mb_job (run_at, kind, payload)"
                + " SELECT CURRENT_TIMESTAMP, 'make-receipt', '{}' FROM SYSTEM_RANGE(1, 2500)"));

        int moved = store.rescue();

        assertEquals(2_500, moved);
        assertEquals(List.of(new JobCount("make-receipt", JobState.WAITING, 2_500)), store.counts());
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

    private Worker worker(JobHandler<MakeReceipt> handler) {
        return Worker.builder(store).handle(MakeReceipt.class, handler).build();
    }

    private Worker inClaimWorker(TransactionalJobHandler<MakeReceipt> handler) {
        return Worker.builder(store)
                .handle(MakeReceipt.class, store.inTransaction(handler))
                .queue(QUEUE, QueuePolicy.runInClaim())
                .build();
    }

    private void enqueueReceipts(String... orders) {
        store.enqueueAll(Stream.of(orders)
                .map(order -> NewJob.of(new MakeReceipt(order)))
                .toList());
    }

    /** As the version before wrote it. */
    private void earlierJob(String order, String owner, int state, int attempt, String error) {
        database.useTransaction(handle -> handle.execute(
                "INSERT INTO mb_job (run_at, died_at, owner, attempt, state, kind, payload, error) VALUES"
                        + " (CURRENT_TIMESTAMP, " + (state == 2 ? "CURRENT_TIMESTAMP" : "NULL") + ", " + owner + ", "
                        + attempt + ", " + state + ", 'make-receipt', '{\"orderId\":\"" + order + "\"}', " + error
                        + ")"));
    }

    private List<String> earlierJobs() {
        return database.withHandle(handle -> handle.createQuery("SELECT payload FROM mb_job")
                .mapTo(String.class)
                .map(payload -> payload.split("\"")[3])
                .list());
    }

    private static <T> CompletableFuture<T> inItsThread(Supplier<T> work) {
        return CompletableFuture.supplyAsync(
                work, task -> Ambient.threads("other").newThread(task).start());
    }

    private static void insertReceipt(MakeReceipt job, Handle handle) {
        handle.createUpdate("INSERT INTO receipt (order_id) VALUES (:orderId)")
                .bind("orderId", job.orderId())
                .execute();
    }

    private List<String> receipts() {
        return database.withHandle(handle -> handle.createQuery("SELECT order_id FROM receipt ORDER BY order_id")
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
