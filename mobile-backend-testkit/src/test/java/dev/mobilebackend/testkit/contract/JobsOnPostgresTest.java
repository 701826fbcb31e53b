// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.Cancellation;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.JobContext;
import dev.mobilebackend.jobs.JobCount;
import dev.mobilebackend.jobs.JobHandler;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.JobStatus;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.QueuePolicy;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.jdbi.ClaimLostException;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.jdbi.TransactionalJobHandler;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.app.TestDatabaseTemplate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs on PostgreSQL and its own clock: a lease of no length has ended at once. */
@Timeout(60)
class JobsOnPostgresTest {

    @JobKind("make-receipt")
    record MakeReceipt(String orderId) {}

    private static final TestDatabaseTemplate TEMPLATE = TestDatabase.template(Dialect.POSTGRESQL, database -> {
        Schema.install(database, JdbiJobStore.SCHEMA);
        database.useTransaction(handle -> handle.execute("CREATE TABLE receipt (order_id text NOT NULL)"));
    });

    private final TestDatabase test = TEMPLATE.copy();
    private final Database database = test.database();
    private final JdbiJobStore store = JdbiJobStore.of(database);

    @AfterEach
    void drop() {
        test.close();
    }

    @AfterAll
    static void dropTemplate() {
        TEMPLATE.close();
    }

    @Test
    void aJobOfATransactionThatRolledBackNeverRuns() {
        Worker worker = receiptWorker(JobsOnPostgresTest::insertReceipt);

        assertThrows(
                IllegalStateException.class,
                () -> database.useTransaction(handle -> {
                    store.enqueue(handle, new MakeReceipt("7"));
                    throw new IllegalStateException("the order was refused");
                }));
        database.useTransaction(handle -> store.enqueue(handle, new MakeReceipt("8")));
        worker.runDue();

        assertEquals(List.of("8"), receipts());
    }

    @Test
    void jobsOfAPlainConnectionShareTheFateOfItsTransaction() throws SQLException {
        Worker worker = receiptWorker(JobsOnPostgresTest::insertReceipt);

        try (Connection connection = test.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            store.enqueue(connection, NewJob.of(new MakeReceipt("rolled back")));
            connection.rollback();
            store.enqueueAll(
                    connection,
                    Stream.of("7", "8").map(MakeReceipt::new).map(NewJob::of).toList());
            worker.runDue();
            connection.commit();
        }
        List<String> early = receipts();
        worker.runDue();

        assertEquals(List.of(), early);
        assertEquals(List.of("7", "8"), receipts());
    }

    @Test
    void twoWorkersMakeEachReceiptOnce() throws InterruptedException {
        int jobs = 200;
        var done = new CountDownLatch(jobs);
        TransactionalJobHandler<MakeReceipt> handler = (job, handle) -> {
            insertReceipt(job, handle);
            Database.afterCommit(handle, done::countDown);
        };
        boolean inTime;
        try (var one = receiptWorker(handler);
                var other = receiptWorker(handler)) {
            one.start();
            other.start();

            for (int order = 0; order < jobs; order++) {
                String id = "" + order;
                database.useTransaction(handle -> store.enqueue(handle, new MakeReceipt(id)));
            }
            inTime = done.await(30, TimeUnit.SECONDS);
        }

        assertTrue(inTime);
        assertEquals(jobs, receipts().size());
        assertEquals(jobs, receipts().stream().distinct().count());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aTransactionalJobThatHasBegunIsNotTakenOver() throws Exception {
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        store.enqueue(NewJob.of(new MakeReceipt("7")));
        Worker paused = Worker.builder(store)
                .handle(MakeReceipt.class, (job, context) -> {
                    store.beat(context.claim().owner(), Duration.ZERO, Set.of());
                    store.inTransaction((MakeReceipt receipt, Handle handle) -> {
                                begun.countDown();
                                release.await();
                                insertReceipt(receipt, handle);
                            })
                            .run(job, context);
                })
                .build();
        CompletableFuture<Integer> run = inItsThread(paused::runDue);
        begun.await();

        int rescued;
        try {
            rescued = inItsThread(store::rescue).get(30, TimeUnit.SECONDS);
        } finally {
            release.countDown();
        }
        run.join();

        assertEquals(0, rescued);
        assertEquals(List.of("7"), receipts());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aTransactionalJobThatCommitsLateIsNotRunAgain() throws Exception {
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        store.enqueue(NewJob.of(new MakeReceipt("7")));
        Worker paused = worker((job, context) -> {
            store.beat(context.claim().owner(), Duration.ZERO, Set.of());
            store.inTransaction((MakeReceipt receipt, Handle handle) -> {
                        insertReceipt(receipt, handle);
                        begun.countDown();
                        release.await();
                    })
                    .run(job, context);
        });
        CompletableFuture<Integer> run = inItsThread(paused::runDue);
        begun.await();

        int whileItIsOpen = store.rescue();
        release.countDown();
        run.join();
        int afterItsCommit = store.rescue();
        int runs = receiptWorker(JobsOnPostgresTest::insertReceipt).runDue();

        assertEquals(List.of(0, 0, 0), List.of(whileItIsOpen, afterItsCommit, runs));
        assertEquals(List.of("7"), receipts());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aTransactionalJobThatBeginsWhileItIsRescuedIsToldThatItsClaimIsLost() {
        var told = new ArrayList<Class<?>>();
        var rescued = new CountDownLatch(1);
        store.enqueue(NewJob.of(new MakeReceipt("7")));
        Worker paused = worker((job, context) -> {
            CompletableFuture<Integer> rescue = inItsThread(() -> database.inTransaction(handle -> {
                int gone = handle.execute("DELETE FROM mb_jobs_claimed");
                rescued.countDown();
                awaitBlocked();
                return gone;
            }));
            rescued.await();
            try {
                store.inTransaction(JobsOnPostgresTest::insertReceipt).run(job, context);
            } catch (RuntimeException lost) {
                told.add(lost.getClass());
            }
            rescue.join();
        });

        paused.runDue();

        assertEquals(List.of(ClaimLostException.class), told);
        assertEquals(List.of(), receipts());
    }

    @Test
    void aJobWhoseOwnTransactionCommittedIsNotRunAgainWhenItsAnswerWasLost() {
        var transactional = store.<MakeReceipt>inTransaction(JobsOnPostgresTest::insertReceipt);
        Worker worker = Worker.builder(store)
                .handle(MakeReceipt.class, (job, context) -> {
                    transactional.run(job, context);
                    throw new IllegalStateException("the answer to the commit was lost");
                })
                .build();
        store.enqueue(NewJob.of(new MakeReceipt("7")));

        worker.runDue();

        assertEquals(List.of("7"), receipts());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aJobThatFailsInItsClaimTakesNoEffectOfTheOthersAway() {
        Worker worker = Worker.builder(store)
                .handle(MakeReceipt.class, store.inTransaction((MakeReceipt job, Handle handle) -> {
                    insertReceipt(job, handle);
                    if (job.orderId().equals("2")) {
                        handle.execute("SELECT 1 / 0");
                    }
                }))
                .queue(NewJob.DEFAULT_QUEUE, QueuePolicy.runInClaim())
                .build();
        store.enqueueAll(Stream.of("1", "2", "3")
                .map(order -> NewJob.of(new MakeReceipt(order)))
                .toList());

        worker.runDue();

        assertEquals(Set.of("1", "3"), Set.copyOf(receipts()));
        assertEquals(2, receipts().size());
        assertEquals(List.of(new JobCount("make-receipt", JobState.WAITING, 1)), store.counts());
    }

    @Test
    void aJobThatWasEnqueuedBeforeOthersAndCommittedAfterTheyWereClaimedIsFound() {
        long owner = store.join(Duration.ofDays(1));
        var found = new ArrayList<ClaimedJob>();
        database.useTransaction(early -> {
            store.enqueue(early, new MakeReceipt("early"));
            inItsThread(() -> store.enqueue(NewJob.of(new MakeReceipt("late")))).join();
            inItsThread(() -> store.finishAndClaim(owner, List.of(), NewJob.DEFAULT_QUEUE, 10))
                    .join()
                    .forEach(found::add);
        });

        while (found.size() < 2) {
            found.addAll(store.finishAndClaim(owner, List.of(), NewJob.DEFAULT_QUEUE, 10));
        }

        assertEquals(
                List.of("{\"orderId\":\"late\"}", "{\"orderId\":\"early\"}"),
                found.stream().map(ClaimedJob::payload).toList());
    }

    @Test
    void aWorkerOfAnotherProcessHearsOfANewJobWithoutWaitingForItsPoll() throws InterruptedException {
        var hears = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        try (TestPool pool = TestPool.of(test)) {
            JdbiJobStore elsewhere = JdbiJobStore.of(pool.database());
            elsewhere.addListener(queue -> hears.countDown());
            try (Worker worker = Worker.builder(elsewhere)
                    .handle(MakeReceipt.class, (job, context) -> done.countDown())
                    .poll(Duration.ofHours(1))
                    .lease(Duration.ofHours(1))
                    .build()) {
                worker.start();
                tellUntil(hears);

                store.enqueue(NewJob.of(new MakeReceipt("7")));

                assertTrue(done.await(30, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void whatComesTogetherIsToldTogether() throws InterruptedException {
        var hears = new CountDownLatch(1);
        var heard = new AtomicInteger();
        var last = new CountDownLatch(1);
        Consumer<String> listener = queue -> {
            hears.countDown();
            switch (queue) {
                case "many" -> heard.incrementAndGet();
                case "last" -> last.countDown();
                default -> {}
            }
        };
        try (TestPool pool = TestPool.of(test)) {
            JdbiJobStore elsewhere = JdbiJobStore.of(pool.database());
            elsewhere.addListener(listener);
            tellUntil(hears);

            database.useTransaction(handle -> {
                for (int order = 0; order < 500; order++) {
                    store.enqueue(handle, NewJob.of(new MakeReceipt("" + order)).queue("many"));
                }
            });
            store.enqueue(NewJob.of(new MakeReceipt("last")).queue("last"));
            boolean inTime = last.await(30, TimeUnit.SECONDS);
            elsewhere.removeListener(listener);

            assertTrue(inTime);
            assertTrue(heard.get() < 50, () -> "told " + heard + " times");
        }
    }

    @Test
    void whileManyJobsWaitTwoClaimsAreRunBesideEachOther() {
        var both = new CountDownLatch(2);
        Set<Thread> later = ConcurrentHashMap.newKeySet();
        List<NewJob> many = IntStream.range(0, 5_000)
                .mapToObj(order -> NewJob.of(new MakeReceipt("" + order)))
                .toList();
        store.enqueueAll(many);
        JobHandler<MakeReceipt> meets = store.inTransaction((job, handle) -> {
            insertReceipt(job, handle);
            if (Integer.parseInt(job.orderId()) >= 1_000 && later.add(Thread.currentThread())) {
                both.countDown();
                both.await();
            }
        });

        try (Worker worker = Worker.builder(store)
                .queue(NewJob.DEFAULT_QUEUE, QueuePolicy.runInClaim())
                .handle(MakeReceipt.class, meets)
                .build()) {
            worker.start();
            while (!store.counts().isEmpty()) {
                Thread.onSpinWait();
            }
        }

        assertEquals(2, later.size());
        assertEquals(5_000, receipts().size());
        assertEquals(5_000, Set.copyOf(receipts()).size());
    }

    @Test
    void aRunningJobIsCancelledFromAnotherProcessAndItsEffectsAreUndone() throws InterruptedException {
        var begun = new CountDownLatch(1);
        JobHandler<MakeReceipt> waits = store.inTransaction((MakeReceipt job, Handle handle, JobContext context) -> {
            insertReceipt(job, handle);
            context.result(job);
            begun.countDown();
            while (!context.cancelled()) {
                Thread.onSpinWait();
            }
            context.throwIfCancelled();
        });
        try (TestPool pool = TestPool.of(test);
                Worker worker = Worker.builder(store)
                        .handle(MakeReceipt.class, waits)
                        .poll(Duration.ofMillis(10))
                        .build()) {
            worker.start();
            long job = store.enqueue(NewJob.of(new MakeReceipt("7")).tracked("ann"));
            String id = store.statuses().idOf(job);
            assertTrue(begun.await(30, TimeUnit.SECONDS));

            Cancellation asked = JdbiJobStore.of(pool.database()).statuses().cancel("ann", id);
            while (!store.statuses().find("ann", id).orElseThrow().state().ended()) {
                Thread.onSpinWait();
            }

            assertEquals(Cancellation.ASKED, asked);
            assertEquals(
                    JobStatus.State.CANCELLED,
                    store.statuses().find("ann", id).orElseThrow().state());
            assertEquals(List.of(), receipts());
            assertEquals(List.of(), store.counts());
        }
    }

    @Test
    void theResultOfATransactionalJobSharesItsFate() {
        List<Integer> attempts = new ArrayList<>();
        JobHandler<MakeReceipt> fails = store.inTransaction((MakeReceipt job, Handle handle, JobContext context) -> {
            attempts.add(1);
            context.result(new MakeReceipt("made " + attempts.size()));
            if (attempts.size() == 1) {
                throw context.snooze(Duration.ZERO);
            }
        });
        for (QueuePolicy policy : List.of(QueuePolicy.of(1), QueuePolicy.runInClaim())) {
            attempts.clear();
            String id = store.statuses()
                    .idOf(store.enqueue(NewJob.of(new MakeReceipt("7")).tracked("ann")));

            Worker.builder(store)
                    .handle(MakeReceipt.class, fails)
                    .queue(NewJob.DEFAULT_QUEUE, policy)
                    .build()
                    .runDue();

            assertEquals(
                    "{\"orderId\":\"made 2\"}",
                    store.statuses().find("ann", id).orElseThrow().result());
        }
    }

    /** Nobody hears what was told before it listened. */
    private void tellUntil(CountDownLatch heard) throws InterruptedException {
        do {
            store.enqueue(NewJob.of(new MakeReceipt("first")).queue("first"));
        } while (!heard.await(50, TimeUnit.MILLISECONDS));
    }

    private Worker worker(JobHandler<MakeReceipt> handler) {
        return Worker.builder(store).handle(MakeReceipt.class, handler).build();
    }

    private void awaitBlocked() {
        while (database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM pg_locks WHERE NOT granted")
                        .mapTo(Integer.class)
                        .one())
                == 0) {
            Thread.onSpinWait();
        }
    }

    private Worker receiptWorker(TransactionalJobHandler<MakeReceipt> handler) {
        return Worker.builder(store)
                .handle(MakeReceipt.class, store.inTransaction(handler))
                .build();
    }

    /** As another process has it. */
    private record TestPool(HikariDataSource pool, Database database) implements AutoCloseable {

        static TestPool of(TestDatabase test) {
            var pool = new HikariDataSource();
            pool.setJdbcUrl(test.jdbcUrl());
            pool.setUsername(test.user());
            pool.setPassword(test.password());
            pool.setMaximumPoolSize(8);
            return new TestPool(pool, Database.of(pool));
        }

        @Override
        public void close() {
            pool.close();
        }
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
        return database.withHandle(handle -> handle.createQuery("SELECT order_id FROM receipt")
                .mapTo(String.class)
                .list());
    }
}
