// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a worker that finishes and claims. Outcomes that arrive while it waits for the store go out
 * together with the next claim: one commit a turn, whatever the number of jobs.
 *
 * <p>An answer of the store may be lost after its commit. Then the outcomes are sent again, which the fencing makes
 * harmless, and jobs that were claimed unheard are found by comparing {@link JobStore#claims} with what runs here.
 */
final class Dispatcher implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final JobStore store;
    private final Lease lease;
    private final JobRunner runner;
    private final WorkerPolicy policy;
    private final Executor threads;
    private final RandomGenerator random;
    private final LongSupplier ticks;

    private final Semaphore signal = new Semaphore(0);
    private final Queue<JobOutcome> arrived = new ConcurrentLinkedQueue<>();
    private volatile boolean draining;

    /** Jobs given to a thread, until their outcome has arrived; only the dispatcher's thread touches these. */
    private final Set<Claim> running = new HashSet<>();

    /** Outcomes that the store has not confirmed. */
    private final List<JobOutcome> unconfirmed = new ArrayList<>();

    private long nextComparison;

    Dispatcher(
            JobStore store,
            Lease lease,
            JobRunner runner,
            WorkerPolicy policy,
            Executor threads,
            RandomGenerator random,
            LongSupplier ticks) {
        this.store = store;
        this.lease = lease;
        this.runner = runner;
        this.policy = policy;
        this.threads = threads;
        this.random = random;
        this.ticks = ticks;
        this.nextComparison = ticks.getAsLong() + policy.lease().toNanos();
    }

    /** Looks for work now instead of at the next poll. */
    void wake() {
        signal.release();
    }

    /** Claims no more; {@link #run} returns once all that runs is finished. */
    void drain() {
        draining = true;
        wake();
    }

    @Override
    public void run() {
        while (!drained()) {
            awaitSignal();
            try {
                turn();
            } catch (RuntimeException | Error failed) {
                LOG.warn("the job store did not answer; jobs go on, and it is asked again", failed);
            }
        }
    }

    boolean drained() {
        return draining && running.isEmpty() && unconfirmed.isEmpty();
    }

    /** Finishes what has arrived and claims for every free thread. */
    void turn() {
        collectArrived();
        returnUnheardClaims();
        int wanted = draining || !lease.live() ? 0 : policy.concurrency() - running.size();
        if (wanted <= 0 && unconfirmed.isEmpty()) {
            return;
        }
        List<ClaimedJob> claimed = store.finishAndClaim(lease.owner(), List.copyOf(unconfirmed), Math.max(wanted, 0));
        unconfirmed.clear();
        claimed.forEach(this::start);
    }

    private void collectArrived() {
        for (JobOutcome outcome = arrived.poll(); outcome != null; outcome = arrived.poll()) {
            running.remove(outcome.claim());
            unconfirmed.add(outcome);
        }
    }

    private void returnUnheardClaims() {
        long now = ticks.getAsLong();
        if (now - nextComparison < 0) {
            return;
        }
        Set<Claim> known = new HashSet<>(running);
        unconfirmed.forEach(outcome -> known.add(outcome.claim()));
        for (Claim claim : store.claims(lease.owner())) {
            if (!known.contains(claim)) {
                unconfirmed.add(new JobOutcome.Returned(claim));
            }
        }
        nextComparison = now + policy.lease().toNanos();
    }

    private void start(ClaimedJob job) {
        running.add(job.claim());
        try {
            threads.execute(() -> arrive(runIfStillOurs(job)));
        } catch (RuntimeException | Error refused) {
            LOG.error("no thread for job {} of kind {}", job.claim().job(), job.kind(), refused);
            arrive(new JobOutcome.Returned(job.claim()));
        }
    }

    /** A process that was paused here for longer than its lease must not start what others run by now. */
    private JobOutcome runIfStillOurs(ClaimedJob job) {
        return draining || !lease.covers(job.claim()) ? new JobOutcome.Returned(job.claim()) : runner.run(job);
    }

    private void arrive(JobOutcome outcome) {
        arrived.add(outcome);
        wake();
    }

    /** The jitter keeps a fleet that was started together from polling together. */
    private void awaitSignal() {
        long poll = policy.poll().toNanos();
        long wait = poll + (long) (poll / 4.0 * random.nextDouble());
        try {
            if (signal.tryAcquire(wait, TimeUnit.NANOSECONDS)) {
                signal.drainPermits();
            }
        } catch (InterruptedException stray) {
            LOG.warn("the dispatcher of the jobs was interrupted; it ends by close() alone and goes on", stray);
        }
    }
}
