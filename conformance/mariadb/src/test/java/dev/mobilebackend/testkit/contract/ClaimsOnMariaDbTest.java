// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What only this database could get wrong. */
@Timeout(120)
class ClaimsOnMariaDbTest {

    @JobKind("work")
    record Work(int number) {}

    @JobKind("large")
    record Large(String text) {}

    private static final String QUEUE = NewJob.DEFAULT_QUEUE;
    private static final Duration LONG = Duration.ofDays(1);

    private final TestDatabase test = MariaDbServer.database();
    private final Database database = test.database();

    @AfterEach
    void drop() {
        test.close();
    }

    @Test
    void workersThatRaceTakeEachJobOnceAndGiveUpOnNone() throws Exception {
        Schema.install(database, JdbiJobStore.SCHEMA);
        JdbiJobStore store = JdbiJobStore.of(database);
        int jobs = 2_000;
        store.enqueueAll(IntStream.range(0, jobs)
                .mapToObj(number -> number % 3 == 0
                        ? NewJob.of(new Work(number)).key("key-" + number % 7)
                        : NewJob.of(new Work(number)))
                .toList());
        var done = new ConcurrentLinkedQueue<Long>();
        List<Callable<Integer>> fleet = Stream.generate(() -> worker(JdbiJobStore.of(database), done, jobs))
                .limit(6)
                .toList();
        var threads = Executors.newFixedThreadPool(fleet.size());
        try {
            for (Future<Integer> worker : threads.invokeAll(fleet)) {
                worker.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertEquals(jobs, done.size());
        assertEquals(jobs, done.stream().distinct().count());
        assertEquals(List.of(), store.counts());
    }

    /** Finishes most, and lets some run again later: that inserts beside those who delete. */
    private static Callable<Integer> worker(JdbiJobStore store, ConcurrentLinkedQueue<Long> done, int jobs) {
        return () -> {
            long owner = store.join(LONG);
            List<JobOutcome> outcomes = new ArrayList<>();
            int turns = 0;
            while (done.size() < jobs || !outcomes.isEmpty()) {
                List<ClaimedJob> claimed = store.finishAndClaim(owner, outcomes, QUEUE, 20);
                outcomes = new ArrayList<>();
                for (ClaimedJob job : claimed) {
                    Claim claim = job.claim();
                    if (claim.attempt() == 1 && claim.job() % 5 == 0) {
                        outcomes.add(new JobOutcome.Retry(claim, Duration.ZERO, "again"));
                    } else {
                        outcomes.add(new JobOutcome.Done(claim));
                        done.add(claim.job());
                    }
                }
                turns++;
            }
            return turns;
        };
    }

    /** Together they are more than the server takes at once, which is 16 MB unless it is told otherwise. */
    @Test
    void jobsWhoseTextWouldNotFitIntoOneClaimAreTakenBitByBit() {
        Schema.install(database, JdbiJobStore.SCHEMA);
        JdbiJobStore store = JdbiJobStore.of(database);
        String text = "x".repeat(60_000);
        for (int hundred = 0; hundred < 4; hundred++) {
            store.enqueueAll(
                    Stream.generate(() -> NewJob.of(new Large(text))).limit(100).toList());
        }
        long owner = store.join(LONG);

        int taken = 0;
        List<ClaimedJob> claimed = store.finishAndClaim(owner, List.of(), QUEUE, 400);
        while (!claimed.isEmpty()) {
            taken += claimed.size();
            claimed = store.finishAndClaim(
                    owner,
                    claimed.stream()
                            .<JobOutcome>map(job -> new JobOutcome.Done(job.claim()))
                            .toList(),
                    QUEUE,
                    400);
        }

        assertEquals(400, taken);
    }

    /** No reference refuses the late one's mark, since none is there: see decision 222. */
    @Test
    void whoEndsAJobWhileItsClaimIsRescuedHasLostIt() throws Exception {
        Schema.install(database, JdbiJobStore.SCHEMA);
        JdbiJobStore store = JdbiJobStore.of(database);
        store.enqueue(NewJob.of(new Work(1)));
        long owner = store.join(LONG);
        Claim claim = store.finishAndClaim(owner, List.of(), QUEUE, 1).get(0).claim();
        var thread = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> late = database.inTransaction(rescue -> {
                rescue.execute(
                        "INSERT INTO mb_jobs_mark (claim, job, ended) VALUES (?, ?, TRUE)", claim.batch(), claim.job());
                Future<Boolean> waiting = thread.submit(() -> waitsAgain(store, claim));
                awaitLateMark();
                rescue.execute("DELETE FROM mb_jobs_mark WHERE claim = ?", claim.batch());
                rescue.execute("DELETE FROM mb_jobs_claimed WHERE id = ?", claim.batch());
                return waiting;
            });

            assertFalse(late.get());
        } finally {
            thread.shutdownNow();
        }
    }

    private static boolean waitsAgain(JdbiJobStore store, Claim claim) {
        store.finishAndClaim(claim.owner(), List.of(new JobOutcome.Retry(claim, Duration.ZERO, "late")), QUEUE, 0);
        return !store.counts().isEmpty();
    }

    private void awaitLateMark() {
        while (database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM information_schema.processlist"
                                + " WHERE info LIKE 'INSERT INTO mb_jobs_mark%'")
                        .mapTo(Integer.class)
                        .one())
                == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void connectionsThatWriteTimesInTheirOwnZoneAreRefused() {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        try {
            Database utc = Database.of(jdbi(test.jdbcUrl()));
            assertEquals(database.dialect(), utc.dialect());
            var refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> Database.of(jdbi(test.jdbcUrl().replaceFirst("\\?.*", ""))));

            assertTrue(refused.getMessage().contains("connectionTimeZone=UTC"), refused::toString);
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private Jdbi jdbi(String url) {
        return Jdbi.create(() -> {
            var connection = DriverManager.getConnection(url, test.user(), test.password());
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            return connection;
        });
    }
}
