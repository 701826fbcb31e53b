// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Wakes one thread, at once or at a time that is told. Raising it again before the thread has woken costs next to nothing. */
final class Signal {

    private static final long NEVER = Long.MAX_VALUE;

    private final LongSupplier ticks;
    private final long origin;
    private volatile boolean raised;
    private volatile @Nullable Thread waiter;
    private volatile long alarm = NEVER;

    Signal(LongSupplier ticks) {
        this.ticks = ticks;
        this.origin = ticks.getAsLong();
    }

    void raise() {
        if (!raised) {
            raised = true;
            LockSupport.unpark(waiter);
        }
    }

    /** Raises it after so many nanoseconds, unless it is raised sooner. */
    synchronized void raiseAfter(long nanos) {
        long at = ticks.getAsLong() - origin + Math.max(0, nanos);
        if (at < alarm) {
            alarm = at;
            LockSupport.unpark(waiter);
        }
    }

    /** Waits until it is raised, and lowers it. An interrupt is dropped: on the way into H2 it would end the database. */
    void await() {
        waiter = Thread.currentThread();
        while (!raised && left() > 0) {
            if (alarm == NEVER) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, left());
            }
            Thread.interrupted();
        }
        lower();
    }

    private synchronized void lower() {
        raised = false;
        if (left() <= 0) {
            alarm = NEVER;
        }
    }

    private long left() {
        long at = alarm;
        return at == NEVER ? NEVER : at - (ticks.getAsLong() - origin);
    }
}
