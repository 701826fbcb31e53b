// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what the meters of a worker have added up to its store, now and then and not while nothing runs. */
final class RunMinutes {

    /** So that a minute has a few sums at most, and a killed process takes little along. */
    static final Duration APART = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final JobStore store;
    private final Collection<RunMeter> meters;
    private final LongSupplier ticks;
    private long last;

    RunMinutes(JobStore store, Collection<RunMeter> meters, LongSupplier ticks) {
        this.store = store;
        this.meters = List.copyOf(meters);
        this.ticks = ticks;
        this.last = ticks.getAsLong();
    }

    /** With each heartbeat. */
    void noteIfTime(long owner) {
        if (ticks.getAsLong() - last >= APART.toNanos()) {
            note(owner);
        }
    }

    void note(long owner) {
        last = ticks.getAsLong();
        List<Sum> sums = meters.stream()
                .map(meter -> new Sum(meter, meter.take()))
                .filter(sum -> sum.tally.runs() > 0)
                .toList();
        if (sums.isEmpty()) {
            return;
        }
        try {
            store.note(owner, sums.stream().map(Sum::tally).toList());
        } catch (RuntimeException failed) {
            sums.forEach(sum -> sum.meter.putBack(sum.tally));
            LOG.warn("the store did not take the figures of the jobs; they come with the next", failed);
        }
    }

    private record Sum(RunMeter meter, RunTally tally) {}
}
