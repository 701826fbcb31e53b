// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerTest {

    @JobKind("note")
    record Note(String text) {}

    @JobKind("letter")
    record Letter(int pages) {}

    private static final RandomGenerator NO_CHANCE = () -> 0;
    private static final RetryPolicy THREE_ATTEMPTS = RetryPolicy.exponential(
                    Duration.ofSeconds(10), Duration.ofMinutes(1))
            .attempts(3);

    private final MovedClock clock = new MovedClock();
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsDueJobsInTheirOrderByTheHandlerOfTheirKind() {
        Worker worker = Worker.builder(store)
                .handle(Note.class, (note, context) -> ran.add(note.text()))
                .handle(Letter.class, (letter, context) -> ran.add(letter.pages() + " pages"))
                .build();
        enqueue("first");
        store.enqueue(NewJob.of(new Letter(2)));
        enqueue("third");

        int runs = worker.runDue();

        assertEquals(3, runs);
        assertEquals(List.of("first", "2 pages", "third"), ran);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void refusesNullWhereItIsSaid() {
        Worker.Builder builder = Worker.builder(store);

        assertMissing("store must not be null: such as JdbiJobStore.of(database)", () -> Worker.builder(null));
        assertMissing("type must not be null: the record of the jobs to run", () -> builder.handle(null, null));
        assertMissing("the handler of Note must not be null", () -> builder.handle(Note.class, null));
        assertMissing("retry must not be null: leave it out for the standard one", () -> builder.retry(null));
        assertMissing("lease must not be null: leave it out for the standard one", () -> builder.lease(null));
        assertMissing("poll must not be null: leave it out for the standard one", () -> builder.poll(null));
        assertMissing("threads must not be null: leave them out for our own", () -> builder.threads(null));
        assertMissing("random must not be null: leave it out for our own", () -> builder.random(null));
    }

    private static void assertMissing(String message, Runnable said) {
        assertEquals(
                message, assertThrows(NullPointerException.class, said::run).getMessage());
    }

    @Test
    void runsWhatAJobEnqueuesToo() {
        Worker worker = noting((note, context) -> {
            ran.add(note.text());
            if (note.text().equals("parent")) {
                enqueue("child");
            }
        });
        enqueue("parent");

        worker.runDue();

        assertEquals(List.of("parent", "child"), ran);
    }

    @Test
    void aDelayedJobRunsAtItsTime() {
        Worker worker = noting((note, context) -> ran.add(note.text()));
        store.enqueue(NewJob.of(new Note("later")).after(Duration.ofHours(24)));

        int early = worker.runDue();
        clock.advance(Duration.ofHours(24));
        int onTime = worker.runDue();

        assertEquals(0, early);
        assertEquals(1, onTime);
    }

    @Test
    void aFailingJobIsTriedAgainByThePolicyAndThenKeptDead() {
        Instant start = clock.instant();
        var attempts = new ArrayList<Duration>();
        Worker worker = noting((note, context) -> {
            attempts.add(Duration.between(start, clock.instant()));
            throw new IllegalStateException("no answer", new java.io.IOException("connection reset"));
        });
        enqueue("fails");

        runSecondBySecond(worker, 60);

        assertEquals(List.of(Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(30)), attempts);
        DeadJob dead = store.dead(10).get(0);
        assertEquals(3, dead.attempts());
        assertEquals(start.plusSeconds(30), dead.diedAt());
        assertEquals(
                "java.lang.IllegalStateException: no answer; caused by java.io.IOException: connection reset",
                dead.error());
    }

    @Test
    void aJobThatSucceedsLaterIsGone() {
        Worker worker = noting((note, context) -> {
            ran.add(note.text());
            if (context.claim().attempt() == 1) {
                throw new IllegalStateException("no answer");
            }
        });
        enqueue("recovers");

        runSecondBySecond(worker, 60);

        assertEquals(List.of("recovers", "recovers"), ran);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void anErrorHarmsNoOtherJob() {
        Worker worker = noting((note, context) -> {
            ran.add(note.text());
            switch (note.text()) {
                case "overflow" -> throw new StackOverflowError();
                case "memory" -> throw new OutOfMemoryError("not really");
                case "mute" -> throw new MuteException();
                default -> {}
            }
        });
        List.of("overflow", "memory", "mute", "good").forEach(this::enqueue);

        worker.runDue();

        assertEquals(List.of("overflow", "memory", "mute", "good"), ran);
        assertEquals(List.of(new JobCount("note", JobState.WAITING, 3)), store.counts());
    }

    @Test
    void jobsThatNobodyCanRunDieAndHarmNoOther() {
        Worker worker = noting((note, context) -> ran.add(note.text()));
        store.enqueue(new NewJob("unheard-of", "{}", Duration.ZERO));
        store.enqueue(new NewJob("note", "not json", Duration.ZERO));
        enqueue("good");

        runSecondBySecond(worker, 60);

        assertEquals(List.of("good"), ran);
        assertEquals(
                List.of(
                        "java.lang.IllegalArgumentException: the payload could not be read as Note at line 1, column 1",
                        "no handler for the kind unheard-of"),
                store.dead(10).stream().map(DeadJob::error).toList());
    }

    @Test
    void aJobThatEndsItsProcessEachTimeDiesInsteadOfEndingAnother() {
        Worker worker = noting((note, context) -> ran.add(note.text()));
        enqueue("kills");
        for (int attempt = 1; attempt <= 4; attempt++) {
            long victim = store.join(Duration.ofSeconds(6));
            ClaimedJob claimed = store.finishAndClaim(victim, List.of(), NewJob.DEFAULT_QUEUE, 1)
                    .get(0);
            if (claimed.rescued()) {
                store.begin(claimed.claim());
            }
            clock.advance(Duration.ofSeconds(6));
            store.rescue();
        }

        worker.runDue();

        assertEquals(List.of(), ran);
        assertEquals(
                "its worker process ended during attempt 3, the last",
                store.dead(1).get(0).error());
    }

    @Test
    void aJobBesideOneThatEndsItsProcessLosesNoAttempt() {
        enqueue("kills");
        enqueue("beside");
        var beside = new ArrayList<Integer>();
        Worker worker = noting((note, context) -> {
            if (note.text().equals("beside")) {
                beside.add(context.claim().attempt());
            }
        });
        for (int crash = 1; crash <= 4; crash++) {
            long victim = store.join(Duration.ofSeconds(6));
            List<ClaimedJob> claimed = store.finishAndClaim(victim, List.of(), NewJob.DEFAULT_QUEUE, 2);
            if (claimed.get(0).rescued()) {
                store.begin(claimed.get(0).claim());
            }
            clock.advance(Duration.ofSeconds(6));
            store.rescue();
        }

        worker.runDue();

        assertEquals(List.of(1), beside);
        assertEquals(1, store.dead(10).size());
    }

    @Test
    void aRescuedJobIsNotedBeforeItRuns() {
        enqueue("orphan");
        long gone = store.join(Duration.ofSeconds(6));
        store.finishAndClaim(gone, List.of(), NewJob.DEFAULT_QUEUE, 1);
        clock.advance(Duration.ofSeconds(6));
        Worker worker = noting((note, context) -> {
            clock.advance(Duration.ofSeconds(6));
            store.rescue();
            ran.add(note.text() + context.claim().attempt());
        });

        worker.runDue();
        List<String> once = List.copyOf(ran);
        clock.advance(Duration.ofSeconds(6));
        long heir = store.join(Duration.ofSeconds(6));
        store.rescue();
        int attempt = store.finishAndClaim(heir, List.of(), NewJob.DEFAULT_QUEUE, 1)
                .get(0)
                .claim()
                .attempt();

        assertEquals(List.of("orphan1"), once);
        assertEquals(2, attempt);
    }

    @Test
    void aSnoozedJobRunsLaterAndTheAttemptDoesNotCount() {
        Worker worker = noting((note, context) -> {
            ran.add(note.text() + context.claim().attempt());
            if (ran.size() == 1) {
                throw context.snooze(Duration.ofMinutes(5));
            }
        });
        enqueue("not now");

        int first = worker.runDue();
        clock.advance(Duration.ofMinutes(5).minusNanos(1_000));
        int early = worker.runDue();
        clock.advance(Duration.ofNanos(1_000));
        worker.runDue();

        assertEquals(1, first);
        assertEquals(0, early);
        assertEquals(List.of("not now1", "not now1"), ran);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aSnoozeOutOfRangeIsAFailedAttemptAndNotAnOutcomeThatNoStoreTakes() {
        Worker worker = noting((note, context) -> {
            throw context.snooze(
                    note.text().equals("past") ? Duration.ofNanos(-1) : Duration.ofSeconds(Long.MAX_VALUE));
        });
        enqueue("past");
        enqueue("for ever");

        runSecondBySecond(worker, 60);

        assertEquals(
                List.of(
                        "java.lang.IllegalArgumentException: a snooze must be from PT0S to PT87600H, was PT2562047788015215H30M7S",
                        "java.lang.IllegalArgumentException: a snooze must be from PT0S to PT87600H, was PT-0.000000001S"),
                store.dead(10).stream().map(DeadJob::error).toList());
    }

    @Test
    void runsTheJobsOfItsQueuesOnly() {
        Worker worker = Worker.builder(store)
                .handle(Note.class, (note, context) -> ran.add(note.text()))
                .queue("mail", QueuePolicy.of(2))
                .queue("ledger", QueuePolicy.runInClaim())
                .build();
        for (String queue : List.of("mail", "ledger", "images")) {
            store.enqueue(NewJob.of(new Note(queue)).queue(queue));
        }
        enqueue("default");

        int runs = worker.runDue();

        assertEquals(3, runs);
        assertEquals(Set.of("mail", "ledger", "default"), Set.copyOf(ran));
        assertEquals(List.of(new JobCount("note", JobState.WAITING, 1)), store.counts());
    }

    @Test
    void aStartedWorkerRunsEachQueueWithoutWaitingForThePoll() throws InterruptedException {
        var done = new CountDownLatch(3);
        try (var worker = Worker.builder(store)
                .handle(Note.class, (note, context) -> done.countDown())
                .queue("mail", QueuePolicy.of(1))
                .queue("ledger", QueuePolicy.runInClaim())
                .poll(Duration.ofHours(1))
                .lease(Duration.ofHours(1))
                .build()) {
            worker.start();

            for (String queue : List.of("mail", "ledger", "default")) {
                store.enqueue(NewJob.of(new Note(queue)).queue(queue));
            }

            assertTrue(done.await(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void aRunningJobThatIsCancelledIsToldAndNotTriedAgain() throws InterruptedException {
        var begun = new CountDownLatch(1);
        List<JobOutcome> outcomes = new CopyOnWriteArrayList<>();
        try (var worker = Worker.builder(store)
                .observe(run -> outcomes.add(run.outcome()))
                .handle(Note.class, (note, context) -> {
                    ran.add(note.text());
                    begun.countDown();
                    while (!context.cancelled()) {
                        Thread.onSpinWait();
                    }
                    context.throwIfCancelled();
                })
                .poll(Duration.ofMillis(5))
                .build()) {
            worker.start();
            long id = store.enqueue(NewJob.of(new Note("long")));
            assertTrue(begun.await(30, TimeUnit.SECONDS));

            Cancellation asked = store.cancel(id);
            while (!store.counts().isEmpty()) {
                Thread.onSpinWait();
            }

            assertEquals(Cancellation.ASKED, asked);
            assertEquals(List.of("long"), ran);
            assertEquals(
                    List.of(JobOutcome.Cancelled.class),
                    outcomes.stream().map(Object::getClass).toList());
        }
    }

    @Test
    void aJobThatEndsWellInSpiteOfAWishIsDone() {
        Worker worker = Worker.builder(store)
                .handle(Note.class, (note, context) -> {
                    store.cancel(context.claim().job());
                    ran.add(note.text());
                })
                .build();
        enqueue("quick");

        worker.runDue();
        worker.runDue();

        assertEquals(List.of("quick"), ran);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void takesOverFromAProcessThatIsGone() {
        Worker worker =
                noting((note, context) -> ran.add(note.text() + context.claim().attempt()));
        enqueue("orphan");
        long gone = store.join(Duration.ofSeconds(6));
        store.finishAndClaim(gone, List.of(), NewJob.DEFAULT_QUEUE, 1);

        int whileLeaseLasts = worker.runDue();
        clock.advance(Duration.ofSeconds(6));
        worker.runDue();

        assertEquals(0, whileLeaseLasts);
        assertEquals(List.of("orphan1"), ran);
    }

    @Test
    void aStartedWorkerRunsANewJobWithoutWaitingForThePoll() throws InterruptedException {
        var done = new CountDownLatch(1);
        try (var worker = Worker.builder(store)
                .handle(Note.class, (note, context) -> done.countDown())
                .poll(Duration.ofHours(1))
                .build()) {
            worker.start();

            enqueue("now");

            assertTrue(done.await(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void aStartedWorkerPollsForWhatNobodyAnnounced() throws InterruptedException {
        var done = new CountDownLatch(1);
        try (var worker = Worker.builder(store)
                .handle(Note.class, (note, context) -> done.countDown())
                .poll(Duration.ofMillis(5))
                .build()) {
            worker.start();
            store.enqueue(NewJob.of(new Note("later")).after(Duration.ofHours(1)));

            clock.advance(Duration.ofHours(1));

            assertTrue(done.await(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void closingLetsRunningJobsFinishAndLeavesTheOthersWaiting() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        Worker worker = Worker.builder(store)
                .handle(Note.class, (note, context) -> {
                    ran.add(note.text());
                    begun.countDown();
                    release.await();
                })
                .concurrency(1)
                .build();
        worker.start();
        enqueue("running");
        begun.await();
        enqueue("waiting");

        boolean before = worker.drain(Duration.ZERO);
        release.countDown();
        boolean after = worker.drain(Duration.ofSeconds(30));

        assertFalse(before);
        assertTrue(after);
        assertEquals(List.of("running"), ran);
        assertEquals(List.of(new JobCount("note", JobState.WAITING, 1)), store.counts());
    }

    @Test
    void theHeartbeatGoesOnUntilTheLastJobIsFinished() throws InterruptedException {
        var watched = new WatchedStore(store);
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var beatsAfterTheDrain = new CountDownLatch(3);
        Worker worker = Worker.builder(watched)
                .handle(Note.class, (note, context) -> {
                    begun.countDown();
                    release.await();
                })
                .lease(Duration.ofMillis(100))
                .build();
        worker.start();
        enqueue("long");
        begun.await();

        worker.drain(Duration.ZERO);
        watched.onBeat(beatsAfterTheDrain::countDown);
        boolean beats = beatsAfterTheDrain.await(30, TimeUnit.SECONDS);
        List<JobCount> whileItRuns = store.counts();
        release.countDown();
        worker.close();

        assertTrue(beats);
        assertEquals(List.of(new JobCount("note", JobState.RUNNING, 1)), whileItRuns);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void startsOnceAndRunsDueOnlyWhileItIsNotStarted() {
        Worker worker = noting((note, context) -> {});
        worker.start();

        assertThrows(IllegalStateException.class, worker::start);
        assertThrows(IllegalStateException.class, worker::runDue);
        worker.close();
        worker.close();
        assertThrows(IllegalStateException.class, worker::start);
    }

    @Test
    void aWrongSettingFailsWhenItIsBuilt() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Worker.builder(store).concurrency(0).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> Worker.builder(store).lease(Duration.ZERO).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> Worker.builder(store).poll(Duration.ZERO).build());
        assertThrows(
                IllegalArgumentException.class, () -> Worker.builder(store).queue("No Name", QueuePolicy.STANDARD));
        assertThrows(IllegalArgumentException.class, () -> Worker.builder(store)
                .handle(Note.class, (note, context) -> {})
                .handle(Note.class, (note, context) -> {}));
    }

    private Worker noting(JobHandler<Note> handler) {
        return Worker.builder(store)
                .handle(Note.class, handler)
                .retry(THREE_ATTEMPTS)
                .random(NO_CHANCE)
                .build();
    }

    private void enqueue(String text) {
        store.enqueue(NewJob.of(new Note(text)));
    }

    private void runSecondBySecond(Worker worker, int seconds) {
        for (int second = 0; second < seconds; second++) {
            worker.runDue();
            clock.advance(Duration.ofSeconds(1));
        }
    }

    /** Throws again when it is asked for its message. */
    private static final class MuteException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }
}
