// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static java.util.stream.Collectors.toMap;
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
import dev.mobilebackend.jobs.JobPriority;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Pulse;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link JobStore} must do. */
@Timeout(60)
public abstract class JobStoreContract {

    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final String QUEUE = NewJob.DEFAULT_QUEUE;
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

        ClaimedJob claimed = claim(ann, 10).get(0);

        var claim = new Claim(claimed.claim().batch(), id, ann, 1);
        assertEquals(new ClaimedJob(claim, "make-receipt", "{\"orderId\":\"7\"}", false), claimed);
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

        List<ClaimedJob> next = store.finishAndClaim(ann, List.of(new JobOutcome.Done(first)), QUEUE, 10);

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
        assertEquals(Map.of(id, 2), attempts(onTime));
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
        assertEquals(Map.of(id, 1), attempts(claim(bob, 10)));
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

        assertEquals(Map.of(id, 1), attempts(claim(bob, 10)));
    }

    @Test
    void noOutcomeOfAnOwnerThatWasTakenOverChangesAnything() {
        List<Function<Claim, JobOutcome>> outcomes = List.of(
                JobOutcome.Done::new,
                JobOutcome.Returned::new,
                claim -> new JobOutcome.Snoozed(claim, Duration.ZERO),
                claim -> new JobOutcome.Retry(claim, Duration.ZERO, "late"),
                claim -> new JobOutcome.Dead(claim, "late"));
        long id = enqueue(Duration.ZERO);
        Claim late = claimOne(ann);
        clock.advance(LEASE);
        beat(bob);
        store.rescue();
        Claim current = claimOne(bob);

        boolean begun = store.begin(late);
        outcomes.forEach(outcome -> finish(outcome.apply(late)));

        assertFalse(begun);
        assertEquals(new Claim(current.batch(), id, bob, 1), current);
        assertEquals(List.of(current), store.claims(bob, QUEUE));
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

        assertEquals(List.of(second), store.claims(ann, QUEUE));
    }

    @Test
    void jobsOfALivingOwnerAreNotRescued() {
        enqueue(Duration.ZERO);
        Claim claim = claimOne(ann);
        clock.advance(LEASE.minus(INSTANT));

        int rescued = store.rescue();

        assertEquals(0, rescued);
        assertEquals(List.of(claim), store.claims(ann, QUEUE));
    }

    @Test
    void jobsOfAnEndedLeaseAreTakenOverAndAnAttemptCountsThatHadBegun() {
        long begun = enqueue(Duration.ZERO);
        long notBegun = enqueue(Duration.ZERO);
        Claim first = claim(ann, 2).get(0).claim();
        boolean noted = store.begin(first);
        boolean notedAgain = store.begin(first);
        clock.advance(LEASE);
        beat(bob);

        int rescued = store.rescue();

        assertTrue(noted && notedAgain);
        assertEquals(2, rescued);
        List<ClaimedJob> taken = claim(bob, 10);
        assertEquals(Map.of(begun, 2, notBegun, 1), attempts(taken));
        assertTrue(taken.stream().allMatch(ClaimedJob::rescued));
    }

    @Test
    void aHeartbeatExtendsTheLeaseFromNow() {
        enqueue(Duration.ZERO);
        Claim claim = claimOne(ann);

        clock.advance(LEASE.minus(INSTANT));
        boolean alive = beat(ann).alive();
        clock.advance(LEASE.minus(INSTANT));
        store.rescue();

        assertTrue(alive);
        assertEquals(List.of(claim), store.claims(ann, QUEUE));
    }

    @Test
    void aLateHeartbeatSavesTheLeaseWhileNobodyHasTakenOver() {
        enqueue(Duration.ZERO);
        Claim claim = claimOne(ann);
        clock.advance(LEASE.multipliedBy(10));

        boolean alive = beat(ann).alive();
        store.rescue();

        assertTrue(alive);
        assertEquals(List.of(claim), store.claims(ann, QUEUE));
    }

    @Test
    void anOwnerThatWasTakenOverIsToldAndClaimsNothing() {
        clock.advance(LEASE);
        beat(bob);
        store.rescue();
        enqueue(Duration.ZERO);

        boolean alive = beat(ann).alive();

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

        assertEquals(Map.of(id, 1), attempts(claim(bob, 10)));
        assertFalse(beat(ann).alive());
    }

    @Test
    void tellsAnOwnerWhatItHolds() {
        enqueue(Duration.ZERO);
        enqueue(Duration.ZERO);
        enqueue(Duration.ZERO);

        List<Claim> held = claims(claim(ann, 2));
        claim(bob, 1);

        assertEquals(Set.copyOf(held), Set.copyOf(store.claims(ann, QUEUE)));
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
        Consumer<String> listener = queue -> heard.addAndGet(queue.equals(QUEUE) ? 1 : 100);

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
                running = store.finishAndClaim(owner, done, QUEUE, 7);
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

    @Test
    void claimsNoneOfALowerPriorityWhileOneOfAHigherIsDue() {
        long low = enqueue(JobPriority.LOW);
        clock.advance(Duration.ofSeconds(1));
        long normal = enqueue(JobPriority.NORMAL);
        clock.advance(Duration.ofSeconds(1));
        long high = enqueue(JobPriority.HIGH);
        long highLater = store.enqueue(new NewJob("test", "{}", Duration.ofSeconds(1)).priority(JobPriority.HIGH));
        long alsoHigh = enqueue(JobPriority.HIGH);

        List<Long> firstTwo = ids(claim(ann, 2));
        List<Long> nextTwo = ids(claim(ann, 2));
        clock.advance(Duration.ofSeconds(1));
        long lowLater = enqueue(JobPriority.LOW);

        assertEquals(List.of(high, alsoHigh), firstTwo);
        assertEquals(List.of(normal, low), nextTwo);
        assertEquals(List.of(highLater, lowLater), ids(claim(ann, 2)));
    }

    @Test
    void queuesAreApart() {
        long mail = store.enqueue(new NewJob("test", "{}", Duration.ZERO).queue("mail"));
        long other = enqueue(Duration.ZERO);

        List<ClaimedJob> claimed = claim(ann, 10);
        List<ClaimedJob> mails = store.finishAndClaim(ann, List.of(), "mail", 10);

        assertEquals(List.of(other), ids(claimed));
        assertEquals(List.of(mail), ids(mails));
        assertEquals(claims(claimed), store.claims(ann, QUEUE));
        assertEquals(claims(mails), store.claims(ann, "mail"));
    }

    @Test
    void aRetriedReturnedRescuedAndReplayedJobKeepsItsQueueAndPriority() {
        long id = store.enqueue(
                new NewJob("test", "{}", Duration.ZERO).queue("mail").priority(JobPriority.LOW));
        List<Function<Claim, JobOutcome>> outcomes = List.of(
                JobOutcome.Returned::new,
                claim -> new JobOutcome.Retry(claim, Duration.ZERO, "no answer"),
                claim -> new JobOutcome.Snoozed(claim, Duration.ZERO),
                claim -> new JobOutcome.Dead(claim, "no answer"));
        for (Function<Claim, JobOutcome> outcome : outcomes) {
            Claim claim = store.finishAndClaim(ann, List.of(), "mail", 1).get(0).claim();
            store.finishAndClaim(ann, List.of(outcome.apply(claim)), "mail", 0);
        }
        store.replay(id);
        store.finishAndClaim(ann, List.of(), "mail", 1);
        clock.advance(LEASE);
        beat(bob);
        store.rescue();
        long normal = store.enqueue(new NewJob("test", "{}", Duration.ZERO).queue("mail"));

        assertEquals(List.of(), claim(bob, 10));
        assertEquals(List.of(normal, id), ids(store.finishAndClaim(bob, List.of(), "mail", 10)));
    }

    @Test
    void enqueuesManyAtOnceAndTellsTheirIdsInTheirOrder() {
        List<NewJob> jobs = IntStream.range(0, 300)
                .mapToObj(i -> new NewJob("test", "{\"number\":" + i + "}", Duration.ofSeconds(i % 3))
                        .priority(i % 2 == 0 ? JobPriority.NORMAL : JobPriority.HIGH))
                .toList();

        List<Long> ids = store.enqueueAll(jobs);
        clock.advance(Duration.ofSeconds(3));
        Map<Long, String> claimed =
                claim(ann, 500).stream().collect(toMap(job -> job.claim().job(), ClaimedJob::payload));

        assertEquals(IntStream.range(0, 300).boxed().collect(toMap(ids::get, i -> "{\"number\":" + i + "}")), claimed);
        assertEquals(List.of(), store.enqueueAll(List.of()));
    }

    @Test
    void aSnoozedJobWaitsAndTheAttemptDoesNotCount() {
        long id = enqueue(Duration.ZERO);

        finish(new JobOutcome.Snoozed(claimOne(ann), Duration.ofSeconds(30)));
        clock.advance(Duration.ofSeconds(30).minus(INSTANT));
        List<ClaimedJob> early = claim(bob, 10);
        clock.advance(INSTANT);

        assertEquals(List.of(), early);
        assertEquals(Map.of(id, 1), attempts(claim(bob, 10)));
    }

    @Test
    void aJobThatStandsBesideOneThatEndsItsProcessNeverLosesAnAttempt() {
        long kills = enqueue(Duration.ZERO);
        long beside = enqueue(Duration.ZERO);
        for (int crash = 1; crash <= 3; crash++) {
            long victim = store.join(LEASE);
            List<ClaimedJob> claimed = claim(victim, 2);
            if (claimed.get(0).rescued()) {
                store.begin(claimed.get(0).claim());
            }
            clock.advance(LEASE);
            store.rescue();
        }

        assertEquals(Map.of(kills, 3, beside, 1), attempts(claim(store.join(LEASE), 2)));
    }

    @Test
    void aLateFinisherOfARescuedClaimChangesNothingWholeOrInPart() {
        List<Long> ids = List.of(enqueue(Duration.ZERO), enqueue(Duration.ZERO), enqueue(Duration.ZERO));
        List<Claim> late = claims(claim(ann, 3));
        clock.advance(LEASE);
        beat(bob);
        store.rescue();
        List<ClaimedJob> current = claim(bob, 3);

        finish(new JobOutcome.Done(late.get(0)));
        finish(new JobOutcome.Retry(late.get(1), Duration.ZERO, "late"));
        store.finishAndClaim(
                ann, late.stream().<JobOutcome>map(JobOutcome.Done::new).toList(), QUEUE, 3);

        assertEquals(ids, ids(current));
        assertEquals(Set.copyOf(claims(current)), Set.copyOf(store.claims(bob, QUEUE)));
        assertEquals(List.of(new JobCount("test", JobState.RUNNING, 3)), store.counts());
    }

    @Test
    void jobsOfAClaimThatEndedAreNotRunAgainWhenTheRestIsRescued() {
        for (int i = 0; i < 5; i++) {
            enqueue(Duration.ZERO);
        }
        List<Claim> held = claims(claim(ann, 5));
        finish(new JobOutcome.Done(held.get(0)));
        finish(new JobOutcome.Dead(held.get(1), "no such order"));
        finish(new JobOutcome.Retry(held.get(2), Duration.ofHours(1), "no answer"));
        clock.advance(LEASE);
        beat(bob);

        int rescued = store.rescue();

        assertEquals(2, rescued);
        assertEquals(List.of(held.get(3).job(), held.get(4).job()), ids(claim(bob, 10)));
        assertEquals(1, store.dead(10).size());
        clock.advance(Duration.ofHours(1));
        assertEquals(List.of(held.get(2).job()), ids(claim(bob, 10)));
    }

    @Test
    void aJobThatWaitsAgainAndIsClaimedAgainIsNotTakenForEndedByItsFirstClaim() {
        long id = enqueue(Duration.ZERO);
        enqueue(Duration.ZERO);
        Claim first = claim(ann, 2).get(0).claim();
        finish(new JobOutcome.Retry(first, Duration.ZERO, "no answer"));
        Claim second = claimOne(ann);

        List<Claim> held = store.claims(ann, QUEUE);
        clock.advance(LEASE);
        beat(bob);
        int rescued = store.rescue();

        assertEquals(id, second.job());
        assertTrue(held.contains(second));
        assertEquals(2, rescued);
        assertEquals(2, claim(bob, 10).size());
    }

    @Test
    void endsThatAreSentAgainChangeNothing() {
        enqueue(Duration.ZERO);
        enqueue(Duration.ZERO);
        List<Claim> held = claims(claim(ann, 2));
        List<JobOutcome> outcomes = List.of(
                new JobOutcome.Done(held.get(0)), new JobOutcome.Retry(held.get(1), Duration.ZERO, "no answer"));

        store.finishAndClaim(ann, outcomes, QUEUE, 0);
        store.finishAndClaim(ann, outcomes, QUEUE, 0);

        assertEquals(Map.of(held.get(1).job(), 2), attempts(claim(bob, 10)));
        store.finishAndClaim(ann, outcomes, QUEUE, 0);
        assertEquals(List.of(new JobCount("test", JobState.RUNNING, 1)), store.counts());
    }

    @Test
    void aHeartbeatTellsForEachQueueWhenItsFirstJobIsDue() {
        store.enqueue(new NewJob("test", "{}", Duration.ofSeconds(3)).priority(JobPriority.HIGH));
        enqueue(Duration.ZERO);
        store.enqueue(new NewJob("test", "{}", Duration.ofMinutes(1)).queue("mail"));
        store.enqueue(new NewJob("test", "{}", Duration.ZERO).queue("not-asked-for"));
        clock.advance(Duration.ofSeconds(1));

        Pulse pulse = store.beat(ann, LEASE, Set.of(QUEUE, "mail", "empty"));

        assertEquals(Map.of(QUEUE, Duration.ofSeconds(-1), "mail", Duration.ofSeconds(59)), pulse.due());
        assertFalse(pulse.orphans());
    }

    @Test
    void aHeartbeatTellsOfOrphans() {
        enqueue(Duration.ZERO);
        claimOne(ann);
        clock.advance(LEASE.minus(INSTANT));
        boolean early = beat(bob).orphans();
        clock.advance(INSTANT);
        boolean onTime = beat(bob).orphans();
        store.rescue();

        assertFalse(early);
        assertTrue(onTime);
        assertFalse(beat(bob).orphans());
    }

    @Test
    void runsAndEndsJobsInTheirClaim() {
        List<Long> ids = List.of(enqueue(Duration.ZERO), enqueue(Duration.ZERO), enqueue(Duration.ZERO));
        var ran = new ArrayList<Claim>();

        int first = store.runInClaim(ann, QUEUE, 2, job -> {
            ran.add(job.claim());
            return new JobOutcome.Done(job.claim());
        });
        int second = store.runInClaim(ann, QUEUE, 2, job -> new JobOutcome.Done(job.claim()));

        assertEquals(List.of(2, 1), List.of(first, second));
        assertEquals(List.of(new Claim(0, ids.get(0), ann, 1), new Claim(0, ids.get(1), ann, 1)), ran);
        assertEquals(List.of(), store.counts());
    }

    @Test
    void inAClaimEachEndIsAppliedAsItIs() {
        List<Function<Claim, JobOutcome>> ends = List.of(
                JobOutcome.Done::new,
                claim -> new JobOutcome.Retry(claim, Duration.ofSeconds(30), "no answer"),
                claim -> new JobOutcome.Dead(claim, "no such order"),
                claim -> new JobOutcome.Snoozed(claim, Duration.ofSeconds(30)),
                JobOutcome.Done::new);
        List<Long> ids = ends.stream().map(end -> enqueue(Duration.ZERO)).toList();

        int runs = store.runInClaim(
                ann, QUEUE, 10, job -> ends.get(ids.indexOf(job.claim().job())).apply(job.claim()));

        assertEquals(5, runs);
        assertEquals(
                List.of(new JobCount("test", JobState.WAITING, 2), new JobCount("test", JobState.DEAD, 1)),
                store.counts());
        assertEquals(List.of(), claim(bob, 10));
        clock.advance(Duration.ofSeconds(30));
        assertEquals(Map.of(ids.get(1), 2, ids.get(3), 1), attempts(claim(bob, 10)));
        assertEquals("no such order", store.dead(1).get(0).error());
    }

    @Test
    void anOwnerThatWasTakenOverRunsNothingInAClaim() {
        clock.advance(LEASE);
        beat(bob);
        store.rescue();
        enqueue(Duration.ZERO);

        assertEquals(0, store.runInClaim(ann, QUEUE, 10, job -> new JobOutcome.Done(job.claim())));
        assertEquals(1, store.runInClaim(bob, QUEUE, 10, job -> new JobOutcome.Done(job.claim())));
    }

    @Test
    void ownersThatRunInTheirClaimAtOnceNeverShareAJob() {
        int jobs = 60;
        IntStream.range(0, jobs).forEach(i -> enqueue(Duration.ZERO));
        var ended = new AtomicInteger();

        Race.of(4, () -> {
            long owner = store.join(LEASE);
            int ran = 1;
            while (ran > 0) {
                ran = store.runInClaim(owner, QUEUE, 5, job -> new JobOutcome.Done(job.claim()));
                ended.addAndGet(ran);
            }
            return owner;
        });

        assertEquals(jobs, ended.get());
        assertEquals(List.of(), store.counts());
    }

    private Pulse beat(long owner) {
        return store.beat(owner, LEASE, Set.of());
    }

    private long enqueue(JobPriority priority) {
        return store.enqueue(new NewJob("test", "{}", Duration.ZERO).priority(priority));
    }

    private static Map<Long, Integer> attempts(List<ClaimedJob> jobs) {
        return jobs.stream()
                .collect(toMap(job -> job.claim().job(), job -> job.claim().attempt()));
    }

    private long enqueue(Duration delay) {
        return store.enqueue(new NewJob("test", "{}", delay));
    }

    private List<ClaimedJob> claim(long owner, int limit) {
        return store.finishAndClaim(owner, List.of(), QUEUE, limit);
    }

    private Claim claimOne(long owner) {
        return claim(owner, 1).get(0).claim();
    }

    private void finish(JobOutcome outcome) {
        store.finishAndClaim(outcome.claim().owner(), List.of(outcome), QUEUE, 0);
    }

    private static List<Claim> claims(List<ClaimedJob> jobs) {
        return jobs.stream().map(ClaimedJob::claim).toList();
    }

    private static List<Long> ids(List<ClaimedJob> jobs) {
        return jobs.stream().map(job -> job.claim().job()).toList();
    }
}
