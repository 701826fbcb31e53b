// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.List;

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

    /** Begins a lease and returns its owner, an id that is never given twice. */
    long join(Duration lease);

    /** Extends a lease from now; false if it had ended and its jobs were rescued, so that the owner is no more. */
    boolean beat(long owner, Duration lease);

    /**
     * Applies outcomes, then claims the jobs that have been due for longest, in one commit.
     *
     * @param outcomes each is applied only while its claim holds, and otherwise changes nothing
     * @param limit how many to claim; an owner that is no more gets none
     */
    List<ClaimedJob> finishAndClaim(long owner, List<JobOutcome> outcomes, int limit);

    /** What the owner holds: tells it of claims whose answer was lost on the way. */
    List<Claim> claims(long owner);

    /** Ends the leases that have run out and lets the jobs of owners that are no more wait again; says how many. */
    int rescue();

    /** Ends a lease at once; jobs that it still holds wait again, their attempt not counted. */
    void leave(long owner);

    /** The jobs that died last, newest first. */
    List<DeadJob> dead(int limit);

    /** Lets a dead job wait again with all its attempts; false if there is no such dead job. */
    boolean replay(long job);

    /** What is stored, by kind and state. */
    List<JobCount> counts();

    /**
     * Calls the listener soon after a job may have become due. It may be called too often and may miss some: a worker
     * polls too. It must return at once.
     */
    void addListener(Runnable listener);

    void removeListener(Runnable listener);
}
