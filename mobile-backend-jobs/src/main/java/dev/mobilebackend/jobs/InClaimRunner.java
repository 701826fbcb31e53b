// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
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
    private final JobRunner runner;
    private final Signal signal;
    private volatile boolean draining;

    InClaimRunner(String queue, JobStore store, Lease lease, JobRunner runner, LongSupplier ticks) {
        this.queue = queue;
        this.store = store;
        this.lease = lease;
        this.runner = runner;
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
        while (ran > 0 && !draining && lease.live()) {
            ran = store.runInClaim(lease.owner(), queue, QueuePolicy.LARGEST_CLAIM, runner::run);
        }
    }
}
