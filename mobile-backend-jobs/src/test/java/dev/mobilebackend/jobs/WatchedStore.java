// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** A store that counts its steps, tells of heartbeats, and whose connection may be cut before or after a commit. */
class WatchedStore implements JobStore {

    private final JobStore store;
    private boolean stepIsRefused;
    private boolean answerIsLost;
    private boolean beginIsRefused;
    private volatile Runnable onBeat = () -> {};
    int steps;
    int claimsAtATime = 1;
    private Runnable beforeNextAnswer = () -> {};

    WatchedStore(JobStore store) {
        this.store = store;
    }

    void refuseNextStep() {
        stepIsRefused = true;
    }

    void refuseNextBegin() {
        beginIsRefused = true;
    }

    void loseNextAnswer() {
        answerIsLost = true;
    }

    /** Once, after the store has done what it was asked for. */
    void beforeNextAnswer(Runnable listener) {
        beforeNextAnswer = listener;
    }

    void onBeat(Runnable listener) {
        onBeat = listener;
    }

    @Override
    public Claimed finishAndClaim(long owner, List<JobOutcome> outcomes, String queue, int limit, QueueLimits limits) {
        steps++;
        if (stepIsRefused) {
            stepIsRefused = false;
            throw new IllegalStateException("there is no connection");
        }
        Claimed claimed = store.finishAndClaim(owner, outcomes, queue, limit, limits);
        Runnable before = beforeNextAnswer;
        beforeNextAnswer = () -> {};
        before.run();
        if (answerIsLost) {
            answerIsLost = false;
            throw new IllegalStateException("the connection was cut");
        }
        return claimed;
    }

    @Override
    public int claimsAtATime() {
        return claimsAtATime;
    }

    @Override
    public Cancellation cancel(long job) {
        return store.cancel(job);
    }

    @Override
    public boolean report(Claim claim, JobReport report) {
        return store.report(claim, report);
    }

    @Override
    public JobStatuses statuses() {
        return store.statuses();
    }

    @Override
    public long enqueue(NewJob job) {
        return store.enqueue(job);
    }

    @Override
    public List<Long> enqueueAll(List<NewJob> jobs) {
        return store.enqueueAll(jobs);
    }

    @Override
    public long join(Duration lease) {
        return store.join(lease);
    }

    @Override
    public Pulse beat(long owner, Duration lease, Set<String> queues) {
        onBeat.run();
        return store.beat(owner, lease, queues);
    }

    @Override
    public int runInClaim(long owner, String queue, int limit, Function<ClaimedJob, JobOutcome> run) {
        return store.runInClaim(owner, queue, limit, run);
    }

    @Override
    public boolean begin(Claim claim) {
        if (beginIsRefused) {
            beginIsRefused = false;
            throw new IllegalStateException("there is no connection");
        }
        return store.begin(claim);
    }

    @Override
    public List<Claim> claims(long owner, String queue) {
        return store.claims(owner, queue);
    }

    @Override
    public int rescue() {
        return store.rescue();
    }

    @Override
    public void note(long owner, List<RunTally> tallies) {
        store.note(owner, tallies);
    }

    @Override
    public void leave(long owner) {
        store.leave(owner);
    }

    @Override
    public List<DeadJob> dead(int limit) {
        return store.dead(limit);
    }

    @Override
    public boolean replay(long job) {
        return store.replay(job);
    }

    @Override
    public List<JobCount> counts() {
        return store.counts();
    }

    @Override
    public void addListener(Consumer<String> listener) {
        store.addListener(listener);
    }

    @Override
    public void removeListener(Consumer<String> listener) {
        store.removeListener(listener);
    }
}
