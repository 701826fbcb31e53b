// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a handler knows of the run it is in. */
public final class JobContext {

    private final Claim claim;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private volatile boolean unwanted;

    JobContext(Claim claim) {
        this.claim = claim;
    }

    /** What ends the attempt when it is set. */
    AtomicBoolean cancellation() {
        return cancelled;
    }

    /** Somebody wants the job to be cancelled. */
    void cancel() {
        unwanted = true;
        cancelled.set(true);
    }

    /** Whether the job is to be cancelled, and not merely this attempt. */
    boolean unwanted() {
        return unwanted;
    }

    /**
     * Whether the attempt has taken longer than its {@link HandlerPolicy#timeout}, or the job is to be {@link
     * JobStore#cancel cancelled}: a handler that works for long looks at this now and then, and leaves.
     */
    public boolean cancelled() {
        return cancelled.get();
    }

    /**
     * Leaves in the name of a handler that {@link #cancelled()} tells to.
     *
     * @throws CancellationException if so
     */
    public void throwIfCancelled() {
        if (cancelled()) {
            throw new CancellationException("the attempt was told to end");
        }
    }

    /** The job, the worker and the attempt. */
    public Claim claim() {
        return claim;
    }

    /**
     * What a handler throws to be run again later, its attempt not counted: not failed, not now.
     *
     * <pre>{@code
     * throw context.snooze(Duration.ofMinutes(5));
     * }</pre>
     *
     * @throws IllegalArgumentException if the wait is negative or longer than ten years
     */
    public RuntimeException snooze(Duration wait) {
        if (wait.isNegative() || wait.compareTo(NewJob.LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException(
                    "a snooze must be from PT0S to " + NewJob.LONGEST_DELAY + ", was " + wait);
        }
        return new Snooze(wait);
    }

    @Override
    public String toString() {
        return "JobContext[" + claim + "]";
    }

    /** Carries the wait through the handler's callers. */
    static final class Snooze extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final Duration wait;

        Snooze(Duration wait) {
            super("the job asks to be run again in " + wait, null, false, false);
            this.wait = wait;
        }

        Duration delay() {
            return wait;
        }
    }
}
