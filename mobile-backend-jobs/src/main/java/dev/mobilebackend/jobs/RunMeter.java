// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs of one queue, tells observers of each run and adds the runs up until somebody takes the sum. Job threads only
 * add here, to numbers that they do not wait for each other for.
 */
final class RunMeter {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final String queue;
    private final JobRunner runner;
    private final List<JobObserver> observers;
    private final LongSupplier ticks;

    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder dead = new LongAdder();
    private final LongAdder ran = new LongAdder();
    private final LongAdder waited = new LongAdder();
    private final LongAccumulator longestRun = new LongAccumulator(Long::max, 0);
    private final LongAccumulator longestWait = new LongAccumulator(Long::max, 0);

    RunMeter(String queue, JobRunner runner, List<JobObserver> observers, LongSupplier ticks) {
        this.queue = queue;
        this.runner = runner;
        this.observers = List.copyOf(observers);
        this.ticks = ticks;
    }

    /** Runs a job and counts the run. */
    JobOutcome run(ClaimedJob job) {
        JobRun run = measure(job);
        count(run);
        return run.outcome();
    }

    /** Runs a job whose run is counted only if it stays: see {@link #count}. */
    JobRun measure(ClaimedJob job) {
        long begun = ticks.getAsLong();
        JobOutcome outcome = runner.run(job);
        return new JobRun(
                queue, job.kind(), outcome, job.waited(), Duration.ofNanos(Math.max(0, ticks.getAsLong() - begun)));
    }

    void count(JobRun run) {
        if (run.outcome() instanceof JobOutcome.Returned) {
            return;
        }
        if (add(run.outcome())) {
            ran.add(run.ran().toNanos());
            longestRun.accumulate(run.ran().toNanos());
            waited.add(run.waited().toNanos());
            longestWait.accumulate(run.waited().toNanos());
        }
        for (JobObserver observer : observers) {
            tell(observer, run);
        }
    }

    /** What has been added since the last time; a run that ends meanwhile is in this sum or in the next. */
    RunTally take() {
        return new RunTally(
                queue,
                done.sumThenReset(),
                failed.sumThenReset(),
                dead.sumThenReset(),
                Duration.ofNanos(ran.sumThenReset()),
                Duration.ofNanos(longestRun.getThenReset()),
                Duration.ofNanos(waited.sumThenReset()),
                Duration.ofNanos(longestWait.getThenReset()));
    }

    /** For a sum that could not be kept: its numbers come with the next. */
    void putBack(RunTally tally) {
        done.add(tally.done());
        failed.add(tally.failed());
        dead.add(tally.dead());
        ran.add(tally.ran().toNanos());
        longestRun.accumulate(tally.longestRun().toNanos());
        waited.add(tally.waited().toNanos());
        longestWait.accumulate(tally.longestWait().toNanos());
    }

    private boolean add(JobOutcome outcome) {
        LongAdder counter = outcome instanceof JobOutcome.Done
                ? done
                : outcome instanceof JobOutcome.Retry ? failed : outcome instanceof JobOutcome.Dead ? dead : null;
        if (counter == null) {
            return false;
        }
        counter.increment();
        return true;
    }

    private static void tell(JobObserver observer, JobRun run) {
        try {
            observer.ended(run);
        } catch (RuntimeException | Error broken) {
            LOG.warn("an observer of the jobs failed on {}", run, broken);
        }
    }
}
