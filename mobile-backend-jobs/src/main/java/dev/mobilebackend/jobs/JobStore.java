// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where jobs wait, and who runs which. Each method is one atomic step, all time is read from one clock, the store's
 * own, and all of it is thread safe.
 *
 * <p>A worker process holds one lease, which its heartbeat extends, whatever the number of its jobs. When the lease has
 * ended, any other process may {@link #rescue} the jobs, and claims of the ended owner are worth nothing from then on.
 */
public interface JobStore {

    /** Adds a job and returns its id. */
    long enqueue(NewJob job);

    /** Adds all of them or none, and returns their ids in the same order. */
    List<Long> enqueueAll(List<NewJob> jobs);

    /** Begins a lease and returns its owner, an id that is never given twice. */
    long join(Duration lease);

    /** A heartbeat: extends a lease from now, unless it had ended and its jobs were rescued, and looks around. */
    Pulse beat(long owner, Duration lease, Set<String> queues);

    /**
     * Applies outcomes, then claims jobs of a queue that are due, in one commit: those of the highest priority, and of
     * these the ones that have been due for longest. Where jobs have keys, the keys and the jobs without one take turns,
     * and of each key the same order holds, or for {@link NewJob#inOrder} that of the ids.
     *
     * @param outcomes each is applied only while its claim holds, and otherwise changes nothing
     * @param limit how many to claim; an owner that is no more gets none
     * @param limits what counts over all owners
     */
    Claimed finishAndClaim(long owner, List<JobOutcome> outcomes, String queue, int limit, QueueLimits limits);

    /** How many such calls for one queue at a time get more done than one after the other. */
    default int claimsAtATime() {
        return 1;
    }

    /** The same without limits. */
    default List<ClaimedJob> finishAndClaim(long owner, List<JobOutcome> outcomes, String queue, int limit) {
        return finishAndClaim(owner, outcomes, queue, limit, QueueLimits.NONE).jobs();
    }

    /**
     * Claims, runs and finishes jobs of a queue on the calling thread in one transaction, which each of them joins. If
     * one does not end with {@link JobOutcome.Done}, all of it is rolled back and each job has a transaction of its
     * own.
     *
     * @return how many have run
     */
    int runInClaim(long owner, String queue, int limit, Function<ClaimedJob, JobOutcome> run);

    /**
     * Notes that an attempt begins, so that a rescue counts it.
     *
     * @return false if the claim does not hold any more
     */
    boolean begin(Claim claim);

    /** What the owner holds of a queue: tells it of claims whose answer was lost on the way. */
    List<Claim> claims(long owner, String queue);

    /**
     * Ends the leases that have run out and lets the jobs of owners that are no more wait again; says how many.
     * Attempts count that were noted by {@link #begin}.
     */
    int rescue();

    /** Keeps what an owner's runs since the last time came to, for {@link JobsView#minutes}; a store may have no place for it. */
    default void note(long owner, List<RunTally> tallies) {}

    /** Ends a lease at once; jobs that it still holds wait again, their attempt not counted. */
    void leave(long owner);

    /** The jobs that died last, newest first. */
    List<DeadJob> dead(int limit);

    /** Lets a dead job wait again with all its attempts; false if there is no such dead job. */
    boolean replay(long job);

    /**
     * Cancels a job: one that waits, for its next attempt too, is gone, and one that runs is asked to end. A job that has a
     * wish against it and does not end well is not run again, whatever became of its worker. One that runs in the
     * transaction which claims it is waited for.
     */
    Cancellation cancel(long job);

    /**
     * Tells the owner of a {@link NewJob#tracked} job how it goes.
     *
     * @return false if nobody is told: it is not tracked, it has ended, or a later claim has told already
     */
    boolean report(Claim claim, JobReport report);

    /** What becomes of tracked jobs. */
    JobStatuses statuses();

    /** What is stored, by kind and state. */
    List<JobCount> counts();

    /**
     * Calls the listener with the name of a queue soon after a job of it may have become due. It may be called too
     * often and may miss some: a worker looks by itself too. It must return at once.
     */
    void addListener(Consumer<String> listener);

    void removeListener(Consumer<String> listener);
}
