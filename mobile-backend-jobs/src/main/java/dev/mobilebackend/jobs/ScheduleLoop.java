// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks schedules again and again, on a thread of its own: whatever they wait for, the heartbeat does not. */
final class ScheduleLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Supplier<Duration> tick;
    private final Signal signal;
    private volatile boolean ended;

    ScheduleLoop(Supplier<Duration> tick, LongSupplier ticks) {
        this.tick = tick;
        this.signal = new Signal(ticks);
    }

    @Override
    public void run() {
        while (!ended) {
            signal.raiseAfter(untilNext().toNanos());
            signal.await();
        }
    }

    void end() {
        ended = true;
        signal.raise();
    }

    private Duration untilNext() {
        try {
            return tick.get();
        } catch (RuntimeException | Error failed) {
            LOG.warn("the schedules of the jobs failed; they are asked again in {}", AFTER_FAILURE, failed);
            return AFTER_FAILURE;
        }
    }
}
