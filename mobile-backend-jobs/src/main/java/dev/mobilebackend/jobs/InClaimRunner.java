// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims, runs and finishes in one transaction after the other: see {@link QueuePolicy#runInClaim()}. While each finds as
 * many jobs as it can take, other threads do the same beside this one, so many as the store can make use of.
 */
final class InClaimRunner implements QueueRunner {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final String queue;
    private final JobStore store;
    private final Lease lease;
    private final RunMeter meter;
    private final Executor threads;
    private final Signal signal;
    private final AtomicInteger beside = new AtomicInteger();
    private volatile boolean paused;
    private volatile boolean draining;

    InClaimRunner(String queue, JobStore store, Lease lease, RunMeter meter, Executor threads, LongSupplier ticks) {
        this.queue = queue;
        this.store = store;
        this.lease = lease;
        this.meter = meter;
        this.threads = threads;
        this.signal = new Signal(ticks);
    }

    @Override
    public void wake() {
        signal.raise();
    }

    @Override
    public void wakeIn(Duration wait) {
        signal.raiseAfter(wait.toNanos());
    }

    @Override
    public void pause(boolean still) {
        boolean goesOn = paused && !still;
        paused = still;
        if (goesOn) {
            wake();
        }
    }

    @Override
    public void drain() {
        draining = true;
        signal.raise();
    }

    @Override
    public void run() {
        while (!draining) {
            signal.await();
            runDue(0);
        }
        while (beside.get() > 0) {
            signal.await();
        }
    }

    /** Until a claim finds no more than so many. */
    private void runDue(int least) {
        try {
            int ran = QueuePolicy.LARGEST_CLAIM;
            while (ran > least && !draining && !paused && lease.live()) {
                ran = run(store, lease.owner(), queue, meter);
                if (ran == QueuePolicy.LARGEST_CLAIM) {
                    callAnother();
                }
            }
        } catch (RuntimeException | Error failed) {
            LOG.warn("the job store did not answer; it is asked again", failed);
            signal.raiseAfter(PAUSE.toNanos());
        }
    }

    private void callAnother() {
        int others = beside.get();
        if (others + 1 >= store.claimsAtATime() || !beside.compareAndSet(others, others + 1)) {
            return;
        }
        try {
            threads.execute(() -> {
                runDue(QueuePolicy.LARGEST_CLAIM - 1);
                beside.decrementAndGet();
                signal.raise();
            });
        } catch (RuntimeException | Error refused) {
            beside.decrementAndGet();
            LOG.error("no other thread for the jobs of queue {}", queue, refused);
        }
    }

    /** A run that was rolled back has come to nothing: what counts is the last one of each job. */
    static int run(JobStore store, long owner, String queue, RunMeter meter) {
        var runs = new LinkedHashMap<Long, JobRun>();
        int ran = store.runInClaim(owner, queue, QueuePolicy.LARGEST_CLAIM, job -> {
            JobRun run = meter.measure(job);
            runs.put(job.claim().job(), run);
            return run.outcome();
        });
        runs.values().forEach(meter::count);
        return ran;
    }
}
