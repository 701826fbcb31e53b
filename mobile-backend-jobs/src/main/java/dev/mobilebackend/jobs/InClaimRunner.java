// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims, runs and finishes in one transaction after the other: see {@link QueuePolicy#runInClaim()}. */
final class InClaimRunner implements QueueRunner {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final String queue;
    private final JobStore store;
    private final Lease lease;
    private final RunMeter meter;
    private final Signal signal;
    private volatile boolean paused;
    private volatile boolean draining;

    InClaimRunner(String queue, JobStore store, Lease lease, RunMeter meter, LongSupplier ticks) {
        this.queue = queue;
        this.store = store;
        this.lease = lease;
        this.meter = meter;
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
            try {
                runAllDue();
            } catch (RuntimeException | Error failed) {
                LOG.warn("the job store did not answer; it is asked again", failed);
                signal.raiseAfter(PAUSE.toNanos());
            }
        }
    }

    private void runAllDue() {
        int ran = 1;
        while (ran > 0 && !draining && !paused && lease.live()) {
            ran = run(store, lease.owner(), queue, meter);
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
