// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.validate.JsonBody;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a handler knows of the run it is in. */
public final class JobContext {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int LONGEST_NOTE = 200;
    private static final int LONGEST_RESULT = 65_536;

    /** A handler that tells of each item does not write for each. */
    private static final Duration APART = Duration.ofSeconds(1);

    private static final double STEP = 0.01;

    private final Claim claim;
    private final @Nullable Teller teller;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private volatile boolean unwanted;
    private @Nullable String result;
    private boolean told;
    private long toldAt;
    private double toldDone;

    /** Tells the owner of a tracked job. */
    record Teller(JobStore store, LongSupplier ticks) {}

    /**
     * @param teller null if nobody is to be told
     */
    JobContext(Claim claim, @Nullable Teller teller) {
        this.claim = claim;
        this.teller = teller;
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

    /** {@link #progress(double, String)} without words. */
    public void progress(double done) {
        tell(done, null);
    }

    /**
     * Tells the owner of a {@link NewJob#tracked} job how far it is. It may be called for each of many items: what comes
     * within a second of the last and adds less than a hundredth is left out. It never fails a job: where the store does
     * not answer, that is logged. For a job that nobody tracks, and one that runs in its claim, it does nothing.
     *
     * @param done from 0 to 1
     * @param note a few words for its owner, up to 200 characters
     * @throws IllegalArgumentException if one of them is not so
     */
    public void progress(double done, String note) {
        if (note.length() > LONGEST_NOTE || note.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the note of a progress must have at most " + LONGEST_NOTE
                    + " characters and no NUL, had " + note.length());
        }
        tell(done, note);
    }

    private synchronized void tell(double done, @Nullable String note) {
        if (!(done >= 0 && done <= 1)) {
            throw new IllegalArgumentException("progress must be from 0 to 1, was " + done);
        }
        if (teller == null || claim.batch() == 0) {
            return;
        }
        long now = teller.ticks.getAsLong();
        if (told && now - toldAt < APART.toNanos() && Math.abs(done - toldDone) < STEP) {
            return;
        }
        told = true;
        toldAt = now;
        toldDone = done;
        tell(new JobReport(done, note, null));
    }

    /** That a run begins. */
    void begin() {
        if (teller != null && claim.batch() != 0) {
            tell(JobReport.BEGUN);
        }
    }

    private void tell(JobReport report) {
        try {
            requireNonNull(teller).store.report(claim, report);
        } catch (RuntimeException failed) {
            LOG.warn("the owner of job {} could not be told how it goes", claim.job(), failed);
        }
    }

    /**
     * What the owner of a {@link NewJob#tracked} job is to get, as JSON, once this attempt has ended well; of several the
     * last. Forgotten for a job that nobody tracks.
     *
     * @throws IllegalArgumentException if it is longer than 65,536 characters: keep what is large elsewhere and name it
     */
    public synchronized void result(Record made) {
        String json = new String(JsonBody.write(made), StandardCharsets.UTF_8);
        if (json.length() > LONGEST_RESULT) {
            throw new IllegalArgumentException("the result of a job must have at most " + LONGEST_RESULT
                    + " characters, had " + json.length() + ": store what is large and name it in the result");
        }
        result = teller == null ? null : json;
    }

    /** The result once, for a store that keeps it in the transaction of the job. */
    public synchronized Optional<String> takeResult() {
        Optional<String> taken = Optional.ofNullable(result);
        result = null;
        return taken;
    }

    /** Keeps a result that no transaction has taken. */
    void keepResult() {
        takeResult().ifPresent(made -> requireNonNull(teller).store.report(claim, new JobReport(null, null, made)));
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
