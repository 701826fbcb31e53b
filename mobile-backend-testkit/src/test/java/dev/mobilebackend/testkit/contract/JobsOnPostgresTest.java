// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.jdbi.TransactionalJobHandler;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.app.TestDatabaseTemplate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
                    store.beat(context.claim().owner(), Duration.ZERO);
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

    private Worker receiptWorker(TransactionalJobHandler<MakeReceipt> handler) {
        return Worker.builder(store)
                .handle(MakeReceipt.class, store.inTransaction(handler))
                .build();
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
