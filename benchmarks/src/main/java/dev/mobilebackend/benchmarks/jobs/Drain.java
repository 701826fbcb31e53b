// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Counts the runs of no-op jobs, and the time until nothing is pending. */
final class Drain implements LongConsumer {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GLANCE = Duration.ofMillis(1);

    private final AtomicLong runs = new AtomicLong();
    private volatile long first;

    /**
     * How many jobs a second a contender runs of those that wait. The time begins with the first job: what a library
     * takes to start, up to a poll, is not what is measured.
     */
    static double perSecond(Contender contender, int jobs) throws SQLException {
        var drain = new Drain();
        long end;
        Contender.Working working = contender.start(drain);
        try {
            drain.await(jobs);
            while (contender.pending()) {
                LockSupport.parkNanos(GLANCE.toNanos());
            }
            end = System.nanoTime();
        } finally {
            working.end();
        }
        if (drain.runs.get() != jobs) {
            throw new IllegalStateException(contender + " ran " + drain.runs + " jobs of " + jobs);
        }
        return jobs / ((end - drain.first) / 1e9);
    }

    /** When so many jobs had begun, by {@link System#nanoTime}. */
    long await(long jobs) {
        long seen = -1;
        long since = System.nanoTime();
        while (runs.get() < jobs) {
            if (runs.get() != seen) {
                seen = runs.get();
                since = System.nanoTime();
            } else if (System.nanoTime() - since > PATIENCE.toNanos()) {
                throw new IllegalStateException(
                        "no job began for " + PATIENCE + " after " + seen + " of " + jobs + "; why may stand above");
            }
            LockSupport.parkNanos(GLANCE.toNanos());
        }
        return System.nanoTime();
    }

    @Override
    public void accept(long number) {
        if (runs.getAndIncrement() == 0) {
            first = System.nanoTime();
        }
    }
}
