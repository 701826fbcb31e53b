// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.DeadJob;
import dev.mobilebackend.jobs.JobCount;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link JobStore} must do. */
public abstract class JobStoreContract {

    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Duration INSTANT = Duration.ofNanos(1_000);

    private final TestClock clock = new TestClock();
    private JobStore store;
    private long ann;
    private long bob;

    protected JobStoreContract() {}

    /** An empty store on the given clock. */
    protected abstract JobStore store(InstantSource clock);

    @BeforeEach
    void joinTwoOwners() {
        store = store(clock);
        ann = store.join(LEASE);
        bob = store.join(LEASE);
    }

    @Test
    void claimsADueJobWithAllItWasGiven() {
        long id = store.enqueue(new NewJob("make-receipt", "{\"orderId\":\"7\"}", Duration.ZERO));

        List<ClaimedJob> claimed = claim(ann, 10);

        assertEquals(List.of(new ClaimedJob(new Claim(id, ann, 1), "make-receipt", "{\"orderId\":\"7\"}")), claimed);
    }

    @Test
    void claimsInTheOrderInWhichJobsBecameDue() {
        long third = enqueue(Duration.ofSeconds(2));
        long second = enqueue(Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(2));
        long fourth = enqueue(Duration.ZERO);

        List<ClaimedJob> claimed = claim(ann, 10);

        assertEquals(List.of(second, third, fourth), ids(claimed));
    }

    @Test
    void claimsNoMoreThanTheLimit() {
        long first = enqueue(Duration.ZERO);
        long second = enqueue(Duration.ZERO);
        enqueue(Duration.ZERO);

        List<ClaimedJob> claimed = claim(ann, 2);

        assertEquals(List.of(first, second), ids(claimed));
        assertEquals(List.of(), claim(ann, 0));
    }

    @Test
    void givesAJobToOneOwnerOnly() {
        enqueue(Duration.ZERO);
        claim(ann, 10);

        assertEquals(List.of(), claim(bob, 10));
        assertEquals(List.of(), claim(ann, 10));
    }

    @Test
    void aDelayedJobIsDueAtItsTimeAndNotBefore() {
        long id = enqueue(Duration.ofMinutes(5));

        clock.advance(Duration.ofMinutes(5).minus(INSTANT));
        List<ClaimedJob> early = claim(ann, 10);
        clock.advance(INSTANT);
        List<ClaimedJob> onTime = claim(ann, 10);

        assertEquals(List.of(), early);
        assertEquals(List.of(id), ids(onTime));
    }

    @Test
    void finishesAndClaimsInOneStep() {
        enqueue(Duration.ZERO);
        long second = enqueue(Duration.ZERO);
        Claim first = claimOne(ann);

        List<ClaimedJob> next = store.finishAndClaim(ann, List.of(new JobOutcome.Done(first)), 10);

        assertEquals(List.of(second), ids(next));
        assertEquals(List.of(new JobCount("test", JobState.RUNNING, 1)), store.counts());
    }

    @Test
    void aFailedJobWaitsAndIsThenTheNextAttempt() {
        long id = enqueue(Duration.ZERO);

        finish(new JobOutcome.Retry(claimOne(ann), Duration.ofSeconds(30), "no answer"));
        clock.advance(Duration.ofSeconds(30).minus(INSTANT));
        List<ClaimedJob> early = claim(bob, 10);
        clock.advance(INSTANT);
        List<ClaimedJob> onTime = claim(bob, 10);

        assertEquals(List.of(), early);
        assertEquals(List.of(new Claim(id, bob, 2)), claims(onTime));
    }

    @Test
    void aDeadJobIsKeptForInspectionAndNotClaimed() {
        long id = store.enqueue(new NewJob("make-receipt", "{\"orderId\":\"7\"}", Duration.ZERO));
        Claim claim = claimOne(ann);
        clock.advance(Duration.ofSeconds(3));

        finish(new JobOutcome.Dead(claim, "no such order"));

        assertEquals(
                List.of(new DeadJob(id, "make-receipt", "{\"orderId\":\"7\"}", 1, "no such order", clock.instant())),
                store.dead(10));
        assertEquals(List.of(), claim(bob, 10));
    }

    @Test
    void listsTheNewestDeadFirst() {
        for (String error : List.of("first", "second", "third")) {
            enqueue(Duration.ZERO);
            finish(new JobOutcome.Dead(claimOne(ann), error));
            clock.advance(Duration.ofSeconds(1));
        }

        List<DeadJob> newest = store.dead(2);

        assertEquals(
                List.of("third", "second"), newest.stream().map(DeadJob::error).toList());
    }

    @Test
    void aReplayedJobStartsOverWithAllItsAttempts() {
        long id = enqueue(Duration.ZERO);
        finish(new JobOutcome.Dead(claimOne(ann), "no such order"));

        boolean replayed = store.replay(id);

        assertTrue(replayed);
        assertEquals(List.of(new Claim(id, bob, 1)), claims(claim(bob, 10)));
        assertEquals(List.of(), store.dead(10));
    }

    @Test
    void onlyADeadJobIsReplayed() {
        long waiting = enqueue(Duration.ZERO);

        assertFalse(store.replay(waiting));
        assertFalse(store.replay(waiting + 1_000));
    }

    @Test
    void aReturnedJobWaitsAgainAndTheAttemptDoesNotCount() {
        long id = enqueue(Duration.ZERO);

        finish(new JobOutcome.Returned(claimOne(ann)));

        assertEquals(List.of(new Claim(id, bob, 1)), claims(claim(bob, 10)));
    }

    @Test
    void noOutcomeOfAnOwnerThatWasTakenOverChangesAnything() {
        List<Function<Claim, JobOutcome>> outcomes = List.of(
                JobOutcome.Done::new,
                JobOutcome.Returned::new,
                claim -> new JobOutcome.Retry(claim, Duration.ZERO, "late"),
                claim -> new JobOutcome.Dead(claim, "late"));
        long id = enqueue(Duration.ZERO);
        Claim late = claimOne(ann);
        clock.advance(LEASE);
        store.beat(bob, LEASE);
        store.rescue();
        Claim current = claimOne(bob);

        outcomes.forEach(outcome -> finish(outcome.apply(late)));

        assertEquals(new Claim(id, bob, 2), current);
        assertEquals(List.of(current), store.claims(bob));
        assertEquals(List.of(), claim(bob, 10));
        assertEquals(List.of(), store.dead(10));
    }

    @Test
    void noOutcomeOfAnEarlierAttemptChangesTheNext() {
        enqueue(Duration.ZERO);
        Claim first = claimOne(ann);
        var failed = new JobOutcome.Retry(first, Duration.ZERO, "no answer");
        finish(failed);
        Claim second = claimOne(ann);

        finish(failed);
        finish(new JobOutcome.Done(first));

        assertEquals(List.of(second), store.claims(ann));
    }

    @Test
    void jobsOfALivingOwnerAreNotRescued() {
        enqueue(Duration.ZERO);
        Claim claim = claimOne(ann);
        clock.advance(LEASE.minus(INSTANT));

        int rescued = store.rescue();

        assertEquals(0, rescued);
        assertEquals(List.of(claim), store.claims(ann));
    }

    @Test
    void jobsOfAnEndedLeaseAreTakenOverAndTheAttemptCounts() {
        long id = enqueue(Duration.ZERO);
        claimOne(ann);
        clock.advance(LEASE);
        store.beat(bob, LEASE);

        int rescued = store.rescue();

        assertEquals(1, rescued);
        assertEquals(List.of(new Claim(id, bob, 2)), claims(claim(bob, 10)));
    }

    @Test
    void aHeartbeatExtendsTheLeaseFromNow() {
        enqueue(Duration.ZERO);
        Claim claim = claimOne(ann);

        clock.advance(LEASE.minus(INSTANT));
        boolean alive = store.beat(ann, LEASE);
        clock.advance(LEASE.minus(INSTANT));
        store.rescue();

        assertTrue(alive);
        assertEquals(List.of(claim), store.claims(ann));
    }

    @Test
    void aLateHeartbeatSavesTheLeaseWhileNobodyHasTakenOver() {
        enqueue(Duration.ZERO);
        Claim claim = claimOne(ann);
        clock.advance(LEASE.multipliedBy(10));

        boolean alive = store.beat(ann, LEASE);
        store.rescue();

        assertTrue(alive);
        assertEquals(List.of(claim), store.claims(ann));
    }

    @Test
    void anOwnerThatWasTakenOverIsToldAndClaimsNothing() {
        clock.advance(LEASE);
        store.beat(bob, LEASE);
        store.rescue();
        enqueue(Duration.ZERO);

        boolean alive = store.beat(ann, LEASE);

        assertFalse(alive);
        assertEquals(List.of(), claim(ann, 10));
        assertEquals(1, claim(bob, 10).size());
    }

    @Test
    void anOwnerIsNeverTheSameTwice() {
        store.leave(ann);
        long next = store.join(LEASE);

        assertNotEquals(ann, next);
        assertNotEquals(bob, next);
    }

    @Test
    void leavingGivesBackWhatIsHeldAndTheAttemptDoesNotCount() {
        long id = enqueue(Duration.ZERO);
        claimOne(ann);

        store.leave(ann);

        assertEquals(List.of(new Claim(id, bob, 1)), claims(claim(bob, 10)));
        assertFalse(store.beat(ann, LEASE));
    }

    @Test
    void tellsAnOwnerWhatItHolds() {
        enqueue(Duration.ZERO);
        enqueue(Duration.ZERO);
        enqueue(Duration.ZERO);

        List<Claim> held = claims(claim(ann, 2));
        claim(bob, 1);

        assertEquals(Set.copyOf(held), Set.copyOf(store.claims(ann)));
    }

    @Test
    void countsByKindAndState() {
        store.enqueue(new NewJob("make-receipt", "{}", Duration.ZERO));
        store.enqueue(new NewJob("send-mail", "{}", Duration.ZERO));
        finish(new JobOutcome.Dead(claimOne(ann), "no such order"));
        claimOne(ann);
        store.enqueue(new NewJob("make-receipt", "{}", Duration.ofHours(1)));
        store.enqueue(new NewJob("make-receipt", "{}", Duration.ZERO));

        List<JobCount> counts = store.counts();

        assertEquals(
                List.of(
                        new JobCount("make-receipt", JobState.WAITING, 2),
                        new JobCount("make-receipt", JobState.DEAD, 1),
                        new JobCount("send-mail", JobState.RUNNING, 1)),
                counts);
    }

    @Test
    void keepsTheLongestPayload() {
        String payload = "\"" + "\u00e9".repeat(NewJob.LONGEST_PAYLOAD - 2) + "\"";
        store.enqueue(new NewJob("test", payload, Duration.ZERO));

        List<ClaimedJob> claimed = claim(ann, 1);

        assertEquals(payload, claimed.get(0).payload());
    }

    @Test
    void keepsAnErrorWhateverStandsInIt() {
        List<String> errors =
                List.of("", "\0", "\ud83d", "it's \ud83d\ude00; <b> :name ? {}", "\ud83d\ude00".repeat(5_000));
        for (String error : errors) {
            enqueue(Duration.ZERO);
            finish(new JobOutcome.Dead(claimOne(ann), error));
        }

        List<DeadJob> dead = store.dead(10);

        assertEquals(errors.size(), dead.size());
        assertTrue(dead.stream().anyMatch(job -> job.error().equals(errors.get(3))), dead::toString);
    }

    @Test
    void tellsItsListenersOfAJobThatIsDue() {
        var heard = new AtomicInteger();
        Runnable listener = heard::incrementAndGet;

        store.addListener(listener);
        enqueue(Duration.ZERO);
        int whileListening = heard.get();
        store.removeListener(listener);
        enqueue(Duration.ZERO);

        assertEquals(1, whileListening);
        assertEquals(1, heard.get());
    }

    @Test
    void ownersThatClaimAtOnceNeverShareAJob() {
        int jobs = 120;
        Set<Long> enqueued =
                IntStream.range(0, jobs).mapToObj(i -> enqueue(Duration.ZERO)).collect(toSet());
        var started = new ConcurrentLinkedQueue<Long>();

        Race.of(4, () -> {
            long owner = store.join(LEASE);
            var running = claim(owner, 7);
            while (!running.isEmpty()) {
                started.addAll(ids(running));
                List<JobOutcome> done = running.stream()
                        .map(ClaimedJob::claim)
                        .<JobOutcome>map(JobOutcome.Done::new)
                        .toList();
                running = store.finishAndClaim(owner, done, 7);
            }
            return owner;
        });

        assertEquals(jobs, started.size());
        assertEquals(enqueued, new HashSet<>(started));
        assertEquals(List.of(), store.counts());
    }

    @Test
    void rescuersAtOnceFreeEachOrphanOnce() {
        int jobs = 40;
        IntStream.range(0, jobs).forEach(i -> enqueue(Duration.ZERO));
        claim(ann, jobs);
        clock.advance(LEASE);
        var rescued = new AtomicInteger();
        var claimed = new ConcurrentLinkedQueue<Long>();

        Race.of(4, () -> {
            long owner = store.join(LEASE);
            rescued.addAndGet(store.rescue());
            claimed.addAll(ids(claim(owner, jobs)));
            rescued.addAndGet(store.rescue());
            return owner;
        });

        assertEquals(jobs, rescued.get());
        assertEquals(claimed.size(), new HashSet<>(claimed).size());
    }

    private long enqueue(Duration delay) {
        return store.enqueue(new NewJob("test", "{}", delay));
    }

    private List<ClaimedJob> claim(long owner, int limit) {
        return store.finishAndClaim(owner, List.of(), limit);
    }

    private Claim claimOne(long owner) {
        return claim(owner, 1).get(0).claim();
    }

    private void finish(JobOutcome outcome) {
        store.finishAndClaim(outcome.claim().owner(), List.of(outcome), 0);
    }

    private static List<Claim> claims(List<ClaimedJob> jobs) {
        return jobs.stream().map(ClaimedJob::claim).toList();
    }

    private static List<Long> ids(List<ClaimedJob> jobs) {
        return jobs.stream().map(job -> job.claim().job()).toList();
    }
}
