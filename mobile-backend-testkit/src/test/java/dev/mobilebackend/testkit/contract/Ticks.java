// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import dev.mobilebackend.core.ambient.Ambient;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what is to be repeated when a test says so, and in the test's own thread. */
public final class Ticks extends ScheduledThreadPoolExecutor {

    private Runnable tick = () -> {};
    private Duration every = Duration.ZERO;

    public Ticks() {
        super(1, Ambient.threads("ticks"));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
        tick = task;
        every = Duration.of(Math.max(first, delay), unit.toChronoUnit());
        return schedule(() -> {}, 1, TimeUnit.DAYS);
    }

    public void next() {
        tick.run();
    }

    /** As often as it would have run by itself within this time. */
    public void pass(Duration time) {
        for (long ticks = time.dividedBy(every); ticks > 0; ticks--) {
            tick.run();
        }
    }
}
