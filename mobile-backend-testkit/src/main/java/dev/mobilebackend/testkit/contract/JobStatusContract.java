// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.jobs.Cancellation;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobReport;
import dev.mobilebackend.jobs.JobStatus;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Unique;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link JobStore} must do for those who wait for a job, or want it no more. */
@Timeout(60)
public abstract class JobStatusContract {

    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final String QUEUE = NewJob.DEFAULT_QUEUE;

    private final TestClock clock = new TestClock();
    private JobStore store;
    private long ann;
    private long bob;

    protected JobStatusContract() {}

    /** An empty store on the given clock. */
    protected abstract JobStore store(InstantSource clock);

    @BeforeEach
    void joinTwoOwners() {
        store = store(clock);
        ann = store.join(LEASE);
        bob = store.join(LEASE);
    }

    @Test
    void aWaitingJobThatIsCancelledIsGone() {
        long id = store.enqueue(job());

        Cancellation first = store.cancel(id);
        Cancellation second = store.cancel(id);

        assertEquals(List.of(Cancellation.CANCELLED, Cancellation.NOT_FOUND), List.of(first, second));
        assertEquals(List.of(), claim(ann));
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aJobThatWaitsForItsTimeOrItsKeyIsCancelledToo() {
        long delayed = store.enqueue(job().after(Duration.ofHours(1)));
        store.enqueue(job().inOrder("order 7"));
        long second = store.enqueue(job().inOrder("order 7"));
        long third = store.enqueue(job().inOrder("order 7"));

        assertEquals(Cancellation.CANCELLED, store.cancel(delayed));
        assertEquals(Cancellation.CANCELLED, store.cancel(second));
        finish(new JobOutcome.Done(claimOne(ann)));
        assertEquals(third, claimOne(ann).job());
    }

    @Test
    void aCancelledJobStandsForNothing() {
        NewJob unique = job().unique(Unique.of("page 7"));
        long waiting = store.enqueue(unique);
        store.cancel(waiting);
        long running = store.enqueue(unique);
        Claim claim = claimOne(ann);
        store.cancel(running);
        finish(new JobOutcome.Cancelled(claim));

        long another = store.enqueue(unique);

        assertNotEquals(waiting, running);
        assertNotEquals(running, another);
    }

    @Test
    void heartbeatsTellOfARunningJobThatIsToBeCancelledUntilItIs() {
        long id = store.enqueue(job());
        Claim claim = claimOne(ann);

        Cancellation asked = store.cancel(id);
        Cancellation again = store.cancel(id);
        Set<Long> toAnn = told(ann);
        Set<Long> toBob = told(bob);
        finish(new JobOutcome.Cancelled(claim));

        assertEquals(List.of(Cancellation.ASKED, Cancellation.ASKED), List.of(asked, again));
        assertEquals(Set.of(id), toAnn);
        assertEquals(Set.of(id), toBob);
        assertEquals(Set.of(), told(ann));
        assertEquals(List.of(), store.counts());
        assertEquals(List.of(), store.dead(10));
    }

    @Test
    void aJobOfSeveralInAClaimIsCancelledByItself() {
        long first = store.enqueue(job());
        long second = store.enqueue(job());
        List<ClaimedJob> claimed = claim(ann);

        store.cancel(second);
        finish(new JobOutcome.Cancelled(claimed.get(1).claim()));
        finish(new JobOutcome.Retry(claimed.get(0).claim(), Duration.ZERO, "no answer"));

        assertEquals(first, claimOne(bob).job());
        assertEquals(List.of(), claim(bob));
    }

    @Test
    void aJobThatWaitsAgainInSpiteOfAWishIsGoneWithTheNextHeartbeat() {
        long id = store.enqueue(job());
        Claim claim = claimOne(ann);
        store.cancel(id);
        finish(new JobOutcome.Retry(claim, Duration.ZERO, "no answer"));

        told(bob);

        assertEquals(List.of(), claim(bob));
        assertEquals(List.of(), store.counts());
        assertEquals(Set.of(), told(bob));
    }

    @Test
    void aJobThatIsToBeCancelledDoesNotOutliveItsWorker() {
        store.enqueue(job());
        store.cancel(claimOne(ann).job());
        clock.advance(LEASE.dividedBy(2));
        told(bob);
        clock.advance(LEASE.dividedBy(2));

        int rescued = store.rescue();
        told(bob);

        assertEquals(1, rescued);
        assertEquals(List.of(), claim(bob));
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aJobThatEndsWellInSpiteOfAWishIsDoneAndTheWishIsForgottenInTime() {
        store.enqueue(job());
        Claim claim = claimOne(ann);
        store.cancel(claim.job());
        finish(new JobOutcome.Done(claim));

        for (int minute = 0; minute < 11; minute++) {
            told(ann);
            clock.advance(Duration.ofMinutes(1));
        }
        told(ann);

        assertEquals(Set.of(), told(ann));
        assertEquals(List.of(), store.counts());
    }

    @Test
    void aDeadJobIsNotCancelledAndRunsIfItIsReplayed() {
        store.enqueue(job());
        Claim claim = claimOne(ann);
        store.cancel(claim.job());
        finish(new JobOutcome.Dead(claim, "no such order"));

        Cancellation dead = store.cancel(claim.job());
        boolean replayed = store.replay(claim.job());
        told(ann);

        assertEquals(Cancellation.NOT_FOUND, dead);
        assertTrue(replayed);
        assertEquals(claim.job(), claimOne(ann).job());
    }

    @Test
    void aJobThatIsCancelledInItsClaimIsGoneAndTheOthersAreDone() {
        long first = store.enqueue(job());
        store.enqueue(job());

        store.runInClaim(
                ann,
                QUEUE,
                10,
                claimed -> claimed.claim().job() == first
                        ? new JobOutcome.Cancelled(claimed.claim())
                        : new JobOutcome.Done(claimed.claim()));

        assertEquals(List.of(), store.counts());
    }

    @Test
    void aTrackedJobIsSeenByItsOwnerAloneFromTheEnqueuingOn() {
        long job = store.enqueue(job().tracked("ann"));
        String id = store.statuses().idOf(job);

        assertEquals(status(id, JobStatus.State.WAITING, null, null, null), find(id));
        assertEquals(Optional.empty(), store.statuses().find("bob", id));
        assertEquals(Optional.empty(), store.statuses().find("ann", "no-such-id"));
    }

    @Test
    void onlyATrackedJobHasAStatus() {
        long untracked = store.enqueue(job());

        assertThrows(IllegalArgumentException.class, () -> store.statuses().idOf(untracked));
        assertFalse(store.report(claimOne(ann), new JobReport(0.5, null, null)));
    }

    @Test
    void jobsThatAreEnqueuedTogetherHaveStatusesOfTheirOwn() {
        List<Long> jobs = store.enqueueAll(List.of(job().tracked("ann"), job(), job().tracked("bob")));

        String first = store.statuses().idOf(jobs.get(0));
        String third = store.statuses().idOf(jobs.get(2));

        assertTrue(store.statuses().find("ann", first).isPresent());
        assertTrue(store.statuses().find("bob", third).isPresent());
        assertThrows(IllegalArgumentException.class, () -> store.statuses().idOf(jobs.get(1)));
    }

    @Test
    void aClaimedJobTellsWhetherItIsTracked() {
        store.enqueueAll(List.of(job().tracked("ann"), job()));

        List<ClaimedJob> claimed = claim(ann);

        assertEquals(
                List.of(true, false), claimed.stream().map(ClaimedJob::tracked).toList());
    }

    @Test
    void aRunTellsWhatIsNewAndTheResultIsShownOnceTheJobIsDone() {
        String id = track();
        Claim claim = claimOne(ann);

        store.report(claim, new JobReport(null, null, null));
        JobStatus begun = find(id);
        store.report(claim, new JobReport(0.25, "a quarter", null));
        store.report(claim, new JobReport(0.5, null, "{\"at\":7}"));
        JobStatus half = find(id);
        finish(new JobOutcome.Done(claim));

        assertEquals(status(id, JobStatus.State.RUNNING, null, null, null), begun);
        assertEquals(status(id, JobStatus.State.RUNNING, 0.5, "a quarter", null), half);
        assertEquals(status(id, JobStatus.State.DONE, 0.5, "a quarter", "{\"at\":7}"), find(id));
        assertFalse(store.report(claim, new JobReport(0.1, null, null)));
    }

    @Test
    void aRunThatALaterOneHasTakenOverFromTellsNobodyAnything() {
        String id = track();
        Claim first = claimOne(ann);
        store.report(first, new JobReport(0.9, null, null));
        clock.advance(LEASE.dividedBy(2));
        told(bob);
        clock.advance(LEASE.dividedBy(2));
        store.rescue();
        Claim second = claimOne(bob);
        store.report(second, new JobReport(0.1, null, null));

        boolean late = store.report(first, new JobReport(0.95, null, "{\"at\":\"late\"}"));
        finish(new JobOutcome.Done(second));

        assertFalse(late);
        assertEquals(status(id, JobStatus.State.DONE, 0.1, null, null), find(id));
    }

    @Test
    void aDeadJobHasFailedForItsOwnerUntilItIsReplayed() {
        String id = track();
        Claim claim = claimOne(ann);
        store.report(claim, new JobReport(0.5, "half", "{\"at\":7}"));
        finish(new JobOutcome.Dead(claim, "a secret of ours"));
        JobStatus dead = find(id);

        store.replay(claim.job());
        JobStatus replayed = find(id);
        finish(new JobOutcome.Done(claimOne(ann)));

        assertEquals(status(id, JobStatus.State.FAILED, 0.5, "half", null), dead);
        assertEquals(status(id, JobStatus.State.WAITING, null, null, null), replayed);
        assertEquals(status(id, JobStatus.State.DONE, null, null, null), find(id));
    }

    @Test
    void anOwnerAloneCancelsAndSeesIt() {
        String waiting = track();
        String running = track();

        Cancellation byAnother = store.statuses().cancel("bob", waiting);
        Cancellation byOwner = store.statuses().cancel("ann", waiting);
        Claim claim = claimOne(ann);
        Cancellation whileItRuns = store.statuses().cancel("ann", running);
        finish(new JobOutcome.Cancelled(claim));

        assertEquals(
                List.of(Cancellation.NOT_FOUND, Cancellation.CANCELLED, Cancellation.ASKED),
                List.of(byAnother, byOwner, whileItRuns));
        assertEquals(JobStatus.State.CANCELLED, find(waiting).state());
        assertEquals(JobStatus.State.CANCELLED, find(running).state());
        assertEquals(Cancellation.NOT_FOUND, store.statuses().cancel("ann", running));
    }

    @Test
    void whoAddsNothingForTheSakeOfAnotherJobReadsThatOnesStatus() {
        NewJob unique = job().unique(Unique.of("export of ann")).tracked("ann");

        String first = store.statuses().idOf(store.enqueue(unique));
        String second = store.statuses().idOf(store.enqueue(unique));

        assertEquals(first, second);
    }

    @Test
    void statusesOfAnOwnerAreForgottenAndOldOnesPurged() {
        String anns = track();
        String done = store.statuses().idOf(store.enqueue(job().tracked("bob")));
        store.enqueue(job().tracked("bob"));
        claim(ann).stream().map(ClaimedJob::claim).limit(2).forEach(claim -> finish(new JobOutcome.Done(claim)));
        clock.advance(Duration.ofDays(7));

        int forgotten = store.statuses().forget("ann");
        int early = store.statuses().purge(Duration.ofDays(8), 10);
        int purged = store.statuses().purge(Duration.ofDays(7), 10);

        assertEquals(List.of(1, 0, 1), List.of(forgotten, early, purged));
        assertEquals(Optional.empty(), store.statuses().find("ann", anns));
        assertEquals(Optional.empty(), store.statuses().find("bob", done));
    }

    @Test
    void aJobThatRunsInItsClaimIsDoneForItsOwnerToo() {
        String id = track();

        store.runInClaim(ann, QUEUE, 10, claimed -> new JobOutcome.Done(claimed.claim()));

        assertEquals(status(id, JobStatus.State.DONE, null, null, null), find(id));
    }

    private String track() {
        return store.statuses().idOf(store.enqueue(job().tracked("ann")));
    }

    private JobStatus find(String id) {
        return store.statuses().find("ann", id).orElseThrow();
    }

    private static JobStatus status(
            String id,
            JobStatus.State state,
            @Nullable Double progress,
            @Nullable String note,
            @Nullable String result) {
        return new JobStatus(id, "work", state, progress, note, result);
    }

    private static NewJob job() {
        return new NewJob("work", "{}", Duration.ZERO);
    }

    private Set<Long> told(long owner) {
        return store.beat(owner, LEASE, Set.of(QUEUE)).cancelled();
    }

    private List<ClaimedJob> claim(long owner) {
        return store.finishAndClaim(owner, List.of(), QUEUE, 10);
    }

    private Claim claimOne(long owner) {
        return store.finishAndClaim(owner, List.of(), QUEUE, 1).get(0).claim();
    }

    private void finish(JobOutcome outcome) {
        store.finishAndClaim(outcome.claim().owner(), List.of(outcome), QUEUE, 0);
    }
}
