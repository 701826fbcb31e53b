// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.DeadJob;
import dev.mobilebackend.jobs.JobContext;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.QueuePolicy;
import dev.mobilebackend.jobs.RetryPolicy;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.jobs.flow.Flow;
import dev.mobilebackend.jobs.flow.FlowState;
import dev.mobilebackend.jobs.flow.FlowStatus;
import dev.mobilebackend.jobs.jdbi.Flows;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.contract.Race;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps begin once, when and only when those before them have ended, whoever ends them and however often they die. */
class FlowsTest {

    @JobKind("do")
    record Do(String what) {}

    @JobKind("do-in-transaction")
    record DoInTransaction(String what) {}

    @JobKind("look")
    record Look(String what) {}

    @JobKind("grow")
    record Grow(int more) {}

    @Nested
    class OnPostgres extends OnDatabase {
        OnPostgres() {
            super(TestDatabase::postgres);
        }
    }

    @Nested
    class OnH2 extends OnDatabase {
        OnH2() {
            super(TestDatabase::h2);
        }
    }

    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    abstract static class OnDatabase {

        private final TestClock clock = new TestClock();
        private final Set<String> failing = ConcurrentHashMap.newKeySet();
        private final List<String> ran = new CopyOnWriteArrayList<>();
        private final Supplier<TestDatabase> databases;
        private TestDatabase test;
        private Database database;
        private JdbiJobStore jobs;
        private Flows flows;

        OnDatabase(Supplier<TestDatabase> databases) {
            this.databases = databases;
        }

        @BeforeEach
        void start() {
            test = databases.get();
            database = test.database();
            Schema.install(database, JdbiJobStore.SCHEMA);
            database.useTransaction(handle -> handle.execute("CREATE TABLE effect (what varchar(100))"));
            jobs = JdbiJobStore.of(database, clock);
            flows = jobs.flows();
        }

        @AfterEach
        void stop() {
            test.close();
        }

        @Test
        void aStepBeginsWhenAllJobsOfTheStepBeforeHaveEnded() {
            long id = flows.start(Flow.first(List.of(new Do("a"), new Do("b"), new Do("c")))
                    .then(new Do("then"))
                    .then(List.of(new Do("x"), new Do("y")))
                    .named("album-7"));
            assertEquals(3, jobs.counts().get(0).count());

            worker(jobs).runDue();

            assertEquals(List.of("a", "b", "c", "then", "x", "y"), ran);
            FlowStatus status = flows.status(id).orElseThrow();
            assertEquals(FlowState.DONE, status.state());
            assertEquals(TestClock.START, status.endedAt());
            assertEquals(List.of(step(3, 3, 0, 0, 0), step(1, 1, 0, 0, 0), step(2, 2, 0, 0, 0)), status.steps());
            assertEquals(status, flows.named("album-7").orElseThrow());
        }

        @Test
        void branchesRunBesideEachOtherAndAreWaitedForTogether() {
            flows.start(Flow.all(
                            Flow.first(new Do("a1")).then(new Do("a2")),
                            Flow.first(new Do("b1")).then(new Do("b2")))
                    .then(new Do("both")));

            worker(jobs).runDue();

            assertEquals(List.of("a1", "b1", "a2", "b2", "both"), ran);
        }

        @Test
        void aStepWithoutJobsIsOverWhenItBegins() {
            long id = flows.start(
                    Flow.first(List.of()).then(new Do("a")).then(List.of()).then(new Do("b")));

            worker(jobs).runDue();

            assertEquals(List.of("a", "b"), ran);
            assertEquals(FlowState.DONE, flows.status(id).orElseThrow().state());
        }

        @Test
        void aFlowOfATransactionThatRolledBackNeverWas() {
            assertThrows(
                    IllegalStateException.class,
                    () -> database.useTransaction(handle -> {
                        flows.start(handle, Flow.first(new Do("a")).then(new Do("b")));
                        throw new IllegalStateException("no album");
                    }));

            assertEquals(0, worker(jobs).runDue());
        }

        @Test
        void aDeadJobStopsTheFlowAndSaysSoOnce() {
            failing.addAll(List.of("b", "c"));
            long id = flows.start(Flow.first(List.of(new Do("a"), new Do("b"), new Do("c"), new Do("d")))
                    .then(new Do("then"))
                    .onFailure(new Do("told")));

            worker(jobs).runDue();

            assertEquals(List.of("a", "d", "told"), ran);
            FlowStatus status = flows.status(id).orElseThrow();
            assertEquals(FlowState.STOPPED, status.state());
            assertEquals(List.of(step(4, 2, 2, 0, 0), step(1, 0, 0, 0, 1)), status.steps());
        }

        @Test
        void aStoppedFlowGoesOnWhenItsDeadJobsAreReplayedAndSucceed() {
            failing.addAll(List.of("b", "c"));
            long id = flows.start(Flow.first(List.of(new Do("a"), new Do("b"), new Do("c")))
                    .then(new Do("then"))
                    .onFailure(new Do("told")));
            worker(jobs).runDue();
            failing.clear();
            List<DeadJob> dead = jobs.dead(10);

            jobs.replay(dead.get(0).id());
            worker(jobs).runDue();
            assertEquals(FlowState.STOPPED, flows.status(id).orElseThrow().state());
            jobs.replay(dead.get(1).id());
            assertEquals(FlowState.RUNNING, flows.status(id).orElseThrow().state());
            worker(jobs).runDue();

            assertEquals(List.of("a", "told", "c", "b", "then"), ran);
            assertEquals(FlowState.DONE, flows.status(id).orElseThrow().state());
        }

        @Test
        void aFlowThatContinuesTellsItsCallbackHowManyDied() {
            failing.addAll(List.of("b", "c"));
            flows.start(Flow.first(List.of(new Do("a"), new Do("b"), new Do("c")))
                    .then(new Look("publish"))
                    .continueOnFailure());

            worker(jobs).runDue();

            assertEquals(List.of("a", "publish after 2 dead"), ran);
        }

        @Test
        void aReplayedJobOfAFlowThatWentOnDoesNotBeginTheNextStepAgain() {
            failing.add("b");
            long id = flows.start(Flow.first(List.of(new Do("a"), new Do("b")))
                    .then(new Do("then"))
                    .then(new Do("last"))
                    .continueOnFailure());
            worker(jobs).runDue();
            failing.clear();

            jobs.replay(jobs.dead(1).get(0).id());
            worker(jobs).runDue();

            assertEquals(List.of("a", "then", "last", "b"), ran);
            assertEquals(
                    step(2, 2, 0, 0, 0), flows.status(id).orElseThrow().steps().get(0));
        }

        @Test
        void jobsThatEndInTheirOwnTransactionOrInTheirClaimCountOnce() {
            long id = flows.start(Flow.first(List.of(new DoInTransaction("a"), new DoInTransaction("b")))
                    .then(List.of(in("claims", "c"), in("claims", "d")))
                    .then(new DoInTransaction("then")));

            worker(jobs).runDue();

            assertEquals(List.of("a", "b", "c", "d", "then"), effects());
            assertEquals(FlowState.DONE, flows.status(id).orElseThrow().state());
        }

        @Test
        void aJobThatFailsInItsClaimIsNotCountedUntilItEnds() {
            failing.add("c");
            long id = flows.start(
                    Flow.first(List.of(in("claims", "c"), in("claims", "d"))).then(new Do("then")));

            worker(jobs).runDue();

            FlowStatus status = flows.status(id).orElseThrow();
            assertEquals(step(2, 1, 1, 0, 0), status.steps().get(0));
            assertEquals(FlowState.STOPPED, status.state());
        }

        @Test
        void aJobThatIsRescuedAndFinishedTwiceCountsOnce() {
            flows.start(Flow.first(List.of(new Do("a"), new Do("b"))).then(new Do("then")));
            long dead = jobs.join(Duration.ofSeconds(5));
            List<ClaimedJob> lost = jobs.finishAndClaim(dead, List.of(), "default", 10);
            clock.advance(Duration.ofSeconds(5));
            assertEquals(2, jobs.rescue());
            long owner = jobs.join(Duration.ofMinutes(1));
            List<ClaimedJob> found = jobs.finishAndClaim(owner, List.of(), "default", 10);

            jobs.finishAndClaim(dead, done(lost), "default", 0);
            assertEquals(List.of(), jobs.finishAndClaim(owner, done(found.subList(0, 1)), "default", 10));
            jobs.finishAndClaim(dead, done(lost), "default", 0);
            List<ClaimedJob> then = jobs.finishAndClaim(owner, done(found.subList(1, 2)), "default", 10);
            then = then.isEmpty() ? jobs.finishAndClaim(owner, List.of(), "default", 10) : then;

            assertEquals(
                    List.of("{\"what\":\"then\"}"),
                    then.stream().map(ClaimedJob::payload).toList());
            assertEquals(List.of(), jobs.finishAndClaim(owner, done(found), "default", 10));
        }

        @Test
        void aProcessThatDiesAtAnyStatementBeginsEachStepOnce() {
            for (int statement = 1; ; statement++) {
                database.useTransaction(handle -> handle.execute("DELETE FROM effect"));
                long id = flows.start(Flow.first(List.of(new DoInTransaction("a"), new DoInTransaction("b")))
                        .then(List.of(in("claims", "c"), new Do("d")))
                        .then(new DoInTransaction("then")));
                boolean died = dieAt(statement);

                while (flows.status(id).orElseThrow().state() == FlowState.RUNNING) {
                    clock.advance(Duration.ofHours(2));
                    worker(jobs).runDue();
                }

                assertEquals(List.of("a", "b", "c", "then"), effects(), "died at statement " + statement);
                if (!died) {
                    assertTrue(statement > 30, "only " + statement + " statements");
                    return;
                }
            }
        }

        @Test
        void threadsThatEndThePartsOfAStepBeginTheNextOnce() throws InterruptedException {
            int size = database.dialect() == Dialect.POSTGRESQL ? 2_500 : 1_200;
            var last = new CountDownLatch(1);
            long id = flows.start(Flow.first(IntStream.range(0, size)
                            .mapToObj(i -> i % 50 == 0 ? new DoInTransaction("t" + i) : new Do("d" + i))
                            .toList())
                    .then(new DoInTransaction("then"))
                    .then(new Look("last")));
            var fleet = new ArrayList<Worker>();
            for (int i = 0; i < 3; i++) {
                fleet.add(Worker.builder(JdbiJobStore.of(database, clock))
                        .handle(Do.class, (job, context) -> {})
                        .handle(DoInTransaction.class, jobs.inTransaction(this::effect))
                        .handle(Look.class, (job, context) -> last.countDown())
                        .concurrency(3)
                        .build());
            }
            fleet.forEach(Worker::start);

            last.await();
            fleet.forEach(Worker::close);

            assertEquals(1, effects().stream().filter("then"::equals).count());
            assertEquals(size / 50 + 1, effects().size());
            FlowStatus status = flows.status(id).orElseThrow();
            assertEquals(List.of(step(size, size, 0, 0, 0), step(1, 1, 0, 0, 0), step(1, 1, 0, 0, 0)), status.steps());
        }

        @Test
        void ofTwoThatEndTheLastJobsAtOnceOneBeginsTheNextStep() {
            for (int round = 0; round < 50; round++) {
                long id = flows.start(Flow.all(Flow.first(new Do("a")), Flow.first(new Do("b")))
                        .then(new Do("then")));
                var ends = new ConcurrentLinkedQueue<List<JobOutcome>>();
                for (int each = 0; each < 2; each++) {
                    long owner = jobs.join(Duration.ofMinutes(1));
                    ends.add(done(jobs.finishAndClaim(owner, List.of(), "default", 1)));
                }

                Race.of(2, () -> {
                    List<JobOutcome> own = ends.remove();
                    return jobs.finishAndClaim(own.get(0).claim().owner(), own, "default", 0);
                });

                assertEquals(1, count("mb_jobs_waiting"), "in round " + round);
                worker(jobs).runDue();
                assertEquals(FlowState.DONE, flows.status(id).orElseThrow().state());
            }
        }

        @Test
        void aJobAddsToItsOwnStep() {
            long id = flows.start(Flow.first(new Grow(3)).then(new Do("then")));

            worker(jobs).runDue();

            assertEquals(List.of("grew", "grew", "grew", "then"), ran);
            assertEquals(
                    step(4, 4, 0, 0, 0), flows.status(id).orElseThrow().steps().get(0));
        }

        @Test
        void whatAJobAddsBeforeItFailsIsNotThere() {
            failing.add("grow");
            long id = flows.start(Flow.first(new Grow(3)).then(new Do("then")));

            worker(jobs).runDue();

            assertEquals(List.of(), ran);
            assertEquals(
                    step(1, 0, 1, 0, 0), flows.status(id).orElseThrow().steps().get(0));
        }

        @Test
        void aCancelledFlowBeginsNothingMoreAndTakesAwayWhatWaits() {
            long id = flows.start(
                    Flow.first(List.of(new Do("a"), new Do("b"), new Do("c"))).then(new Do("then")));
            long other = flows.start(Flow.first(new Do("other")));
            long owner = jobs.join(Duration.ofMinutes(1));
            List<ClaimedJob> running = jobs.finishAndClaim(owner, List.of(), "default", 1);

            assertTrue(flows.cancel(id));
            jobs.finishAndClaim(owner, done(running), "default", 0);
            worker(jobs).runDue();

            assertEquals(List.of("other"), ran);
            FlowStatus status = flows.status(id).orElseThrow();
            assertEquals(FlowState.CANCELLED, status.state());
            assertEquals(List.of(step(3, 1, 0, 2, 0), step(1, 0, 0, 0, 1)), status.steps());
            assertFalse(flows.cancel(other));
            assertFalse(flows.cancel(-1));
        }

        @Test
        void aFlowThatIsCancelledWhileItsLastJobRunsBeginsNothing() {
            long id = flows.start(Flow.first(new Do("a")).then(new Do("then")).onFailure(new Do("told")));
            long owner = jobs.join(Duration.ofMinutes(1));
            List<ClaimedJob> running = jobs.finishAndClaim(owner, List.of(), "default", 1);

            assertTrue(flows.cancel(id));

            assertEquals(List.of(), jobs.finishAndClaim(owner, done(running), "default", 1));
            assertEquals(0, worker(jobs).runDue());
        }

        @Test
        void aStepOfManyPartsKeepsItsOrder() {
            List<Do> many =
                    IntStream.range(0, 9_000).mapToObj(i -> new Do("d" + i)).toList();
            flows.start(Flow.first(List.of()).then(many).continueOnFailure());
            long owner = jobs.join(Duration.ofMinutes(1));

            List<ClaimedJob> claimed = jobs.finishAndClaim(owner, List.of(), "default", 10_000);

            assertEquals(
                    many.stream()
                            .map(job -> "{\"what\":\"" + job.what() + "\"}")
                            .toList(),
                    claimed.stream().map(ClaimedJob::payload).toList());
        }

        @Test
        void endedFlowsArePurgedWithTheirParts() {
            long done = flows.start(Flow.first(new Do("a")));
            worker(jobs).runDue();
            clock.advance(Duration.ofDays(7));
            long young = flows.start(Flow.first(new Do("b")).then(new Do("c")));
            clock.advance(Duration.ofSeconds(1));

            assertEquals(1, flows.purge(Duration.ofDays(7), 100));

            assertTrue(flows.status(done).isEmpty());
            assertTrue(flows.status(young).isPresent());
            assertEquals(2, count("mb_jobs_flow_step"));
        }

        @Test
        void aSealedStoreSealsWhatLaterStepsWillDo() {
            JdbiJobStore sealed = jobs.withSealedPayloads(ServerSecret.of(new byte[32]));
            sealed.flows().start(Flow.first(new Do("a")).then(new Do("canary")).onFailure(new Do("canary")));

            String stored = database.withHandle(
                    handle -> handle.createQuery("SELECT s.jobs, f.on_failure FROM mb_jobs_flow_step s"
                                    + " JOIN mb_jobs_flow f ON f.id = s.flow WHERE s.jobs IS NOT NULL")
                            .map((row, context) -> row.getString("jobs") + row.getString("on_failure"))
                            .one());
            worker(sealed).runDue();

            assertFalse(stored.contains("canary"), stored);
            assertEquals(List.of("a", "canary"), ran);
        }

        @Test
        void theLongestPayloadOfAStepMayBeSealed() {
            String longest = "x".repeat(NewJob.LONGEST_PAYLOAD - 20);
            JdbiJobStore sealed = jobs.withSealedPayloads(ServerSecret.of(new byte[32]));
            sealed.flows().start(Flow.first(new Do("a")).then(new Do(longest)));

            worker(sealed).runDue();

            assertEquals(List.of("a", longest), ran);
        }

        @Test
        void jobsKeepTheirChoicesUntilTheirStepBegins() {
            flows.start(Flow.first(new Do("a"))
                    .then(NewJob.of(new Do("later"))
                            .after(Duration.ofMinutes(5))
                            .queue("mail")));
            worker(jobs).runDue();
            assertEquals(List.of("a"), ran);

            clock.advance(Duration.ofMinutes(5));
            Worker.builder(jobs)
                    .handle(Do.class, (job, context) -> ran.add(job.what()))
                    .queue("mail", QueuePolicy.of(1))
                    .build()
                    .runDue();

            assertEquals(List.of("a", "later"), ran);
        }

        /** Whether the process came that far. */
        private boolean dieAt(int statement) {
            Jdbi mortal = Jdbi.create(test.dataSource());
            var store = JdbiJobStore.of(Database.of(mortal), clock);
            Worker worker = worker(store);
            mortal.setSqlLogger(new DeathAt(statement));
            try {
                worker.runDue();
                return false;
            } catch (Death death) {
                return true;
            }
        }

        private Worker worker(JdbiJobStore store) {
            return Worker.builder(store)
                    .handle(Do.class, (job, context) -> run(job.what()))
                    .handle(DoInTransaction.class, store.inTransaction(this::effect))
                    .handle(Look.class, (job, context) -> {
                        FlowStatus status = store.flows().of(context).orElseThrow();
                        ran.add(job.what() + " after " + status.dead() + " dead");
                    })
                    .handle(Grow.class, store.inTransaction((Grow job, Handle handle, JobContext context) -> {
                        List<Do> more = IntStream.range(0, job.more())
                                .mapToObj(i -> new Do("grew"))
                                .toList();
                        store.flows().add(handle, context, more);
                        if (failing.contains("grow")) {
                            throw new IllegalStateException("grow fails");
                        }
                    }))
                    .queue("claims", QueuePolicy.runInClaim())
                    .retry(RetryPolicy.STANDARD.attempts(1))
                    .build();
        }

        private void run(String what) {
            if (failing.contains(what)) {
                throw new IllegalStateException(what + " fails");
            }
            ran.add(what);
        }

        private void effect(DoInTransaction job, Handle handle) {
            if (failing.contains(job.what())) {
                throw new IllegalStateException(job.what() + " fails");
            }
            handle.createUpdate("INSERT INTO effect (what) VALUES (:what)")
                    .bind("what", job.what())
                    .execute();
        }

        private List<String> effects() {
            return database.withHandle(handle -> handle.createQuery("SELECT what FROM effect ORDER BY what")
                    .mapTo(String.class)
                    .list());
        }

        private long count(String table) {
            return database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + table)
                    .mapTo(Long.class)
                    .one());
        }

        private static NewJob in(String queue, String what) {
            return NewJob.of(new DoInTransaction(what)).queue(queue);
        }

        private static FlowStatus.Step step(long total, long done, long dead, long cancelled, long left) {
            return new FlowStatus.Step(total, done, dead, cancelled, left);
        }

        private static List<JobOutcome> done(List<ClaimedJob> claimed) {
            return claimed.stream()
                    .<JobOutcome>map(job -> new JobOutcome.Done(job.claim()))
                    .toList();
        }
    }

    /** The end of a process: no exception, since those it outlives. */
    static final class Death extends Error {

        private static final long serialVersionUID = 1L;
    }

    /** Ends a process before its nth statement. */
    static final class DeathAt implements SqlLogger {

        private int left;

        DeathAt(int statement) {
            left = statement;
        }

        @Override
        public void logBeforeExecution(StatementContext context) {
            if (--left <= 0) {
                throw new Death();
            }
        }
    }
}
