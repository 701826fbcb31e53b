// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Turns the dispatcher by hand; its job threads run when the test says so. */
class DispatcherTest {

    @JobKind("note")
    record Note(int number) {}

    private static final Duration LEASE = Duration.ofSeconds(6);

    private final MovedClock clock = new MovedClock();
    private final WatchedStore store = new WatchedStore(new InMemoryJobStore(clock));
    private final Lease lease = Lease.join(store, LEASE, clock::ticks);
    private final List<Integer> ran = new ArrayList<>();
    private final Cancels cancels = new Cancels();
    private IntConsumer meanwhile = number -> {};
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final Dispatcher dispatcher = dispatcher(threads::add);

    @Test
    void claimsOnlyWhatItsThreadsCanRunWhileItDoesNotKnowHowLongAJobTakes() {
        enqueue(1, 2, 3, 4, 5);

        dispatcher.turn();
        int started = threads.size();
        runAll();
        dispatcher.turn();

        assertEquals(2, started);
        assertEquals(List.of(1, 2), ran);
        assertEquals(counts(1, 2), store.counts());
    }

    @Test
    void holdsWhatATenthOfASecondCanRun() {
        IntStream.rangeClosed(1, 300).forEach(this::enqueue);
        meanwhile = number -> clock.advance(Duration.ofMillis(1));
        dispatcher.turn();

        runAll();
        dispatcher.turn();

        assertEquals(counts(300 - 2 - 202, 202), store.counts());
    }

    @Test
    void theEndsOfSomeJobsOfAClaimWaitATenthOfASecondForTheOthers() {
        var stepsAfter = new ArrayList<Integer>();
        enqueue(1, 2);
        meanwhile = number -> {
            if (number == 2) {
                dispatcher.turn();
                stepsAfter.add(store.steps);
                clock.advance(Duration.ofMillis(100));
                dispatcher.turn();
                stepsAfter.add(store.steps);
            }
        };
        dispatcher.turn();
        int before = store.steps;

        runAll();

        assertEquals(List.of(before, before + 1), stepsAfter);
    }

    @Test
    void aJobThatFailedDoesNotWaitForTheOthersOfItsClaim() {
        var whileTheSecondRuns = new ArrayList<JobCount>();
        enqueue(1, 2);
        meanwhile = number -> {
            if (number == 1) {
                throw new IllegalStateException("no answer");
            }
            dispatcher.turn();
            whileTheSecondRuns.addAll(store.counts());
        };
        dispatcher.turn();

        runAll();

        assertEquals(counts(1, 1), whileTheSecondRuns);
    }

    @Test
    void aTurnThatHasNoRoomDoesNotForgetThatMoreIsDue() {
        enqueue(1, 2, 3);
        meanwhile = number -> {
            if (number == 1) {
                throw new IllegalStateException("no answer");
            }
            dispatcher.turn();
        };
        dispatcher.turn();
        runAll();

        dispatcher.turn();
        runAll();

        assertEquals(List.of(1, 2, 3), ran);
    }

    @Test
    void finishesAndClaimsInOneStep() {
        enqueue(1, 2, 3);
        dispatcher.turn();
        runAll();
        int before = store.steps;

        dispatcher.turn();

        assertEquals(before + 1, store.steps);
        assertEquals(List.of(new JobCount("note", JobState.RUNNING, 1)), store.counts());
    }

    @Test
    void givesBackWhatItClaimedButDoesNotStart() {
        enqueue(1);
        dispatcher.turn();

        dispatcher.drain();
        runAll();
        dispatcher.turn();

        assertEquals(List.of(), ran);
        assertTrue(dispatcher.drained());
        assertEquals(1, attemptOfTheNextClaim());
    }

    @Test
    void isDrainedOnlyWhenTheLastOutcomeIsStored() {
        enqueue(1);
        dispatcher.turn();
        threads.add(dispatcher::drain);
        runAll();

        boolean before = dispatcher.drained();
        dispatcher.turn();

        assertFalse(before);
        assertTrue(dispatcher.drained());
        assertEquals(List.of(), store.counts());
    }

    @Test
    void claimsNothingWhileItDrains() {
        dispatcher.drain();
        enqueue(1);

        dispatcher.turn();

        assertEquals(List.of(new JobCount("note", JobState.WAITING, 1)), store.counts());
    }

    @Test
    void claimsNothingOfAPausedQueueAndGoesOnWhenItIsResumed() {
        dispatcher.pause(true);
        enqueue(1);

        dispatcher.turn();
        List<JobCount> paused = store.counts();
        dispatcher.pause(false);
        dispatcher.turn();
        runAll();

        assertEquals(List.of(new JobCount("note", JobState.WAITING, 1)), paused);
        assertEquals(List.of(1), ran);
    }

    @Test
    void givesBackWhatHasNotBegunWhenItsQueueIsPaused() {
        enqueue(1, 2);
        meanwhile = number -> dispatcher.pause(true);
        dispatcher.turn();

        runAll();
        dispatcher.turn();

        assertEquals(List.of(1), ran);
        assertEquals(List.of(new JobCount("note", JobState.WAITING, 1)), store.counts());
        assertEquals(1, attemptOfTheNextClaim());
    }

    @Test
    void startsNothingOnceItsLeaseHasEnded() {
        enqueue(1, 2, 3);
        dispatcher.turn();
        clock.advance(LEASE);

        runAll();
        int before = store.steps;
        dispatcher.turn();

        assertEquals(List.of(), ran);
        assertEquals(before + 1, store.steps);
        assertEquals(List.of(new JobCount("note", JobState.WAITING, 3)), store.counts());
    }

    @Test
    void doesNotStartWhatAnotherProcessTookOver() {
        enqueue(1);
        dispatcher.turn();
        clock.advance(LEASE);
        store.rescue();
        lease.renew(Set.of());

        runAll();

        assertEquals(List.of(), ran);
    }

    @Test
    void anOutcomeThatTheStoreDidNotTakeIsSentAgain() {
        enqueue(1);
        dispatcher.turn();
        runAll();
        store.refuseNextStep();
        assertThrows(IllegalStateException.class, dispatcher::turn);
        List<JobCount> meanwhile = store.counts();

        dispatcher.turn();

        assertEquals(List.of(new JobCount("note", JobState.RUNNING, 1)), meanwhile);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void anOutcomeWhoseAnswerWasLostIsSentAgainAndChangesNothing() {
        enqueue(1);
        dispatcher.turn();
        runAll();
        store.loseNextAnswer();
        assertThrows(IllegalStateException.class, dispatcher::turn);

        dispatcher.turn();

        assertEquals(List.of(1), ran);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aClaimWhoseAnswerWasLostRunsWithinALeaseAndTheAttemptDoesNotCount() {
        enqueue(1);
        store.loseNextAnswer();
        assertThrows(IllegalStateException.class, dispatcher::turn);
        dispatcher.turn();
        int early = threads.size();

        clock.advance(LEASE.dividedBy(2));
        lease.renew(Set.of());
        clock.advance(LEASE.dividedBy(2));
        dispatcher.turn();
        int attempt = store.claims(lease.owner(), NewJob.DEFAULT_QUEUE).get(0).attempt();
        runAll();

        assertEquals(0, early);
        assertEquals(List.of(1), ran);
        assertEquals(1, attempt);
    }

    @Test
    void theComparisonWithTheStoreLeavesRunningJobsAlone() {
        enqueue(1);
        meanwhile = number -> {
            if (number == 1) {
                enqueue(2);
                dispatcher.wake();
                store.loseNextAnswer();
                assertThrows(IllegalStateException.class, dispatcher::turn);
                clock.advance(LEASE.dividedBy(2));
                lease.renew(Set.of());
                clock.advance(LEASE.dividedBy(2));
                dispatcher.turn();
            }
        };
        dispatcher.turn();

        runAll();
        dispatcher.turn();

        assertEquals(List.of(1, 2), ran);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aClaimedJobThatIsToBeCancelledBeforeItBeginsDoesNot() {
        enqueue(1);
        long second = store.enqueue(NewJob.of(new Note(2)));
        dispatcher.turn();

        Cancellation asked = store.cancel(second);
        lease.renew(Set.of());
        cancels.heard(store.beat(lease.owner(), LEASE, Set.of()).cancelled());
        runAll();
        dispatcher.turn();

        assertEquals(Cancellation.ASKED, asked);
        assertEquals(List.of(1), ran);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void whileManyQuickJobsWaitTwoClaimsAreUnderWayAndEachJobRunsOnce() {
        store.claimsAtATime = 2;
        IntStream.rangeClosed(1, 3_500).forEach(this::enqueue);
        meanwhile = number -> clock.advance(Duration.ofNanos(1_000));

        int most = runBeside(() -> {});

        assertEquals(2, most);
        assertEquals(3_500, ran.size());
        assertEquals(3_500, Set.copyOf(ran).size());
    }

    @Test
    void ofTwoClaimsUnderWayOneMayLoseItsAnswerAndEachJobStillRunsOnce() {
        store.claimsAtATime = 2;
        IntStream.rangeClosed(1, 3_500).forEach(this::enqueue);
        meanwhile = number -> clock.advance(Duration.ofNanos(1_000));
        var lost = new ArrayList<Integer>();

        runBeside(() -> {
            if (ran.size() > 1_000 && lost.isEmpty()) {
                lost.add(ran.size());
                store.loseNextAnswer();
            }
            clock.advance(LEASE.dividedBy(2));
            lease.renew(Set.of());
        });

        assertEquals(1, lost.size());
        assertEquals(3_500, ran.size());
        assertEquals(3_500, Set.copyOf(ran).size());
    }

    @Test
    void theComparisonWithTheStoreWaitsForTheAnswersThatAreOnTheirWay() {
        store.claimsAtATime = 2;
        IntStream.rangeClosed(1, 5_000).forEach(this::enqueue);
        meanwhile = number -> clock.advance(Duration.ofNanos(1_000));
        var claimedMeanwhile = new ArrayList<Integer>();

        runBeside(() -> {
            boolean twoAsk = ran.size() > 1_000 && claimedMeanwhile.isEmpty() && threads.size() >= 2;
            if (twoAsk) {
                store.loseNextAnswer();
                store.beforeNextAnswer(() -> store.beforeNextAnswer(() -> {
                    claimedMeanwhile.add(
                            store.claims(lease.owner(), NewJob.DEFAULT_QUEUE).size());
                    dispatcher.turn();
                    passALease();
                    dispatcher.turn();
                }));
                threads.remove().run();
                threads.remove().run();
            }
            passALease();
        });

        assertEquals(1, claimedMeanwhile.size());
        assertEquals(5_000, ran.size());
        assertEquals(5_000, Set.copyOf(ran).size());
    }

    private void passALease() {
        clock.advance(LEASE.dividedBy(2));
        lease.renew(Set.of());
        clock.advance(LEASE.dividedBy(2));
        lease.renew(Set.of());
    }

    @Test
    void jobsThatTakeTheirTimeAreClaimedByOneTurnAfterTheOther() {
        store.claimsAtATime = 2;
        IntStream.rangeClosed(1, 600).forEach(this::enqueue);
        meanwhile = number -> clock.advance(Duration.ofMillis(1));

        int most = runBeside(() -> lease.renew(Set.of()));

        assertEquals(0, most);
        assertEquals(600, ran.size());
    }

    /** Runs all jobs, and says how many calls of the store waited beside each other at most. */
    private int runBeside(Runnable before) {
        int most = 0;
        for (int turns = 0; turns < 1_000 && !store.counts().isEmpty(); turns++) {
            dispatcher.turn();
            dispatcher.turn();
            before.run();
            int steps = store.steps;
            for (int queued = threads.size(); queued > 0; queued--) {
                threads.remove().run();
            }
            most = Math.max(most, store.steps - steps);
        }
        return most;
    }

    @Test
    void aRescuedJobWhoseBeginningCannotBeNotedWaitsAgain() {
        enqueue(1);
        store.finishAndClaim(store.join(Duration.ZERO), List.of(), NewJob.DEFAULT_QUEUE, 1);
        store.rescue();
        dispatcher.turn();
        store.refuseNextBegin();

        runAll();
        dispatcher.drain();
        dispatcher.turn();

        assertEquals(List.of(), ran);
        assertTrue(dispatcher.drained());
        assertEquals(List.of(new JobCount("note", JobState.WAITING, 1)), store.counts());
    }

    @Test
    void aJobThatGotNoThreadWaitsAgain() {
        Dispatcher withoutThreads = dispatcher(task -> {
            throw new RejectedExecutionException("no thread");
        });
        enqueue(1);

        withoutThreads.turn();
        withoutThreads.drain();
        withoutThreads.turn();

        assertEquals(1, attemptOfTheNextClaim());
    }

    private Dispatcher dispatcher(Executor executor) {
        var handled = new JobRunner.Handled<>(
                Note.class,
                (note, context) -> {
                    ran.add(note.number());
                    meanwhile.accept(note.number());
                },
                HandlerPolicy.STANDARD);
        var runner = new JobRunner(
                store,
                Map.of("note", handled),
                new Upgrades.Builder().build(),
                RetryPolicy.STANDARD,
                new Random(1),
                cancels,
                clock::ticks);
        var meter = new RunMeter(NewJob.DEFAULT_QUEUE, runner, List.of(), clock::ticks);
        return new Dispatcher(
                NewJob.DEFAULT_QUEUE, QueuePolicy.of(2), store, lease, LEASE, meter, executor, clock::ticks);
    }

    private void enqueue(int... numbers) {
        for (int number : numbers) {
            store.enqueue(NewJob.of(new Note(number)));
        }
    }

    private static List<JobCount> counts(int waiting, int running) {
        return List.of(
                new JobCount("note", JobState.WAITING, waiting), new JobCount("note", JobState.RUNNING, running));
    }

    private void runOne() {
        threads.remove().run();
    }

    private void runAll() {
        while (!threads.isEmpty()) {
            runOne();
        }
    }

    private int attemptOfTheNextClaim() {
        long other = store.join(LEASE);
        return store.finishAndClaim(other, List.of(), NewJob.DEFAULT_QUEUE, 1)
                .get(0)
                .claim()
                .attempt();
    }
}
