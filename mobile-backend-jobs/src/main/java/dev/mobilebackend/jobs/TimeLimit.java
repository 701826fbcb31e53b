// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches one attempt until it is stopped, on the thread that runs it. */
final class TimeLimit {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final ClaimedJob job;
    private final Duration limit;
    private final boolean interrupts;
    private final AtomicBoolean over;
    private final Thread runs = Thread.currentThread();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean stopped;

    /** Sets the flag when the time is over. */
    TimeLimit(ClaimedJob job, Duration limit, boolean interrupts, AtomicBoolean over) {
        this.job = job;
        this.limit = limit;
        this.interrupts = interrupts;
        this.over = over;
        var unused = ended.orTimeout(nanos(limit), TimeUnit.NANOSECONDS).whenComplete((none, late) -> {
            if (late instanceof TimeoutException) {
                end();
            }
        });
    }

    private synchronized void end() {
        if (stopped) {
            return;
        }
        over.set(true);
        var where = new Throwable("where it is");
        where.setStackTrace(runs.getStackTrace());
        LOG.warn("job {} of kind {} takes longer than {}", job.claim().job(), job.kind(), limit, where);
        if (interrupts) {
            runs.interrupt();
        }
    }

    /** From here on it interrupts nobody. */
    void stop() {
        synchronized (this) {
            stopped = true;
        }
        ended.complete(null);
    }

    private static long nanos(Duration limit) {
        try {
            return limit.toNanos();
        } catch (ArithmeticException centuries) {
            return Long.MAX_VALUE;
        }
    }
}
