// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one claimed job on the calling thread and says how it ended, whatever the handler does. */
final class JobRunner {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int CAUSES_TOLD = 5;

    private final JobStore store;
    private final Map<String, Handled<?>> handlers;
    private final Upgrades upgrades;
    private final RetryPolicy retry;
    private final RandomGenerator random;

    /** A handler with the record that its payloads are read as. */
    record Handled<J extends Record>(Class<J> type, JobHandler<J> handler) {

        void run(ClaimedJob job, Upgrades upgrades) throws Exception {
            handler.run(upgrades.read(job.kind(), job.payload(), type), new JobContext(job.claim()));
        }
    }

    JobRunner(
            JobStore store,
            Map<String, Handled<?>> handlers,
            Upgrades upgrades,
            RetryPolicy retry,
            RandomGenerator random) {
        this.store = store;
        this.handlers = Map.copyOf(handlers);
        this.upgrades = upgrades;
        this.retry = retry;
        this.random = random;
    }

    /**
     * An unknown kind or an unreadable payload is a failure like any other: while a new version is rolled out, the next
     * attempt may meet a worker that knows it.
     */
    JobOutcome run(ClaimedJob job) {
        if (job.claim().attempt() > retry.attempts()) {
            return dead(job, "its worker process ended during attempt " + retry.attempts() + ", the last", null);
        }
        if (job.rescued() && !begins(job.claim())) {
            return new JobOutcome.Returned(job.claim());
        }
        try {
            Handled<?> handled = handlers.get(job.kind());
            if (handled == null) {
                return failed(job, "no handler for the kind " + job.kind(), null);
            }
            handled.run(job, upgrades);
            return new JobOutcome.Done(job.claim());
        } catch (JobContext.Snooze later) {
            return new JobOutcome.Snoozed(job.claim(), later.delay());
        } catch (Throwable thrown) {
            return failed(job, describe(thrown), thrown);
        }
    }

    /** A job whose beginning cannot be noted does not begin: it waits for a store that answers. */
    private boolean begins(Claim claim) {
        try {
            return store.begin(claim);
        } catch (RuntimeException failed) {
            LOG.warn("the beginning of job {} could not be noted; it waits again", claim.job(), failed);
            return false;
        }
    }

    private JobOutcome failed(ClaimedJob job, String error, @Nullable Throwable thrown) {
        Claim claim = job.claim();
        if (claim.attempt() >= retry.attempts()) {
            return dead(job, error, thrown);
        }
        Duration delay = retry.delayAfter(claim.attempt(), random);
        LOG.warn(
                "job {} of kind {} failed attempt {} of {}, the next is in {}{}",
                claim.job(),
                job.kind(),
                claim.attempt(),
                retry.attempts(),
                delay,
                thrown == null ? ": " + error : "",
                thrown);
        return new JobOutcome.Retry(claim, delay, error);
    }

    private static JobOutcome dead(ClaimedJob job, String error, @Nullable Throwable thrown) {
        LOG.error(
                "job {} of kind {} is dead after attempt {}{}",
                job.claim().job(),
                job.kind(),
                job.claim().attempt(),
                thrown == null ? ": " + error : "",
                thrown);
        return new JobOutcome.Dead(job.claim(), error);
    }

    private static String describe(Throwable thrown) {
        var text = new StringBuilder(text(thrown));
        Throwable cause = thrown.getCause();
        for (int told = 1; cause != null && told < CAUSES_TOLD; told++) {
            text.append("; caused by ").append(text(cause));
            cause = cause.getCause();
        }
        return text.toString();
    }

    private static String text(Throwable thrown) {
        try {
            return thrown.toString();
        } catch (RuntimeException | Error broken) {
            return thrown.getClass().getName() + " (its message could not be read: "
                    + broken.getClass().getName() + ")";
        }
    }
}
