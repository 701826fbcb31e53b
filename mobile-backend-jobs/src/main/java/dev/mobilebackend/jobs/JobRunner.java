// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
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
    private final Cancels cancels;
    private final JobContext.Teller teller;

    /** A handler with the record that its payloads are read as. */
    record Handled<J extends Record>(Class<J> type, JobHandler<J> handler, HandlerPolicy policy) {

        void run(ClaimedJob job, Upgrades upgrades, JobContext context) throws Exception {
            J read = upgrades.read(job.kind(), job.payload(), type);
            Duration limit = policy.timeout();
            if (limit == null) {
                handler.run(read, context);
                return;
            }
            var watch = new TimeLimit(job, limit, policy.interrupts(), context.cancellation());
            try {
                handler.run(read, context);
            } finally {
                watch.stop();
            }
        }
    }

    JobRunner(
            JobStore store,
            Map<String, Handled<?>> handlers,
            Upgrades upgrades,
            RetryPolicy retry,
            RandomGenerator random,
            Cancels cancels,
            LongSupplier ticks) {
        this.store = store;
        this.handlers = Map.copyOf(handlers);
        this.upgrades = upgrades;
        this.retry = retry;
        this.random = random;
        this.cancels = cancels;
        this.teller = new JobContext.Teller(store, ticks);
    }

    /**
     * An unknown kind or an unreadable payload is a failure like any other: while a new version is rolled out, the next
     * attempt may meet a worker that knows it.
     */
    JobOutcome run(ClaimedJob job) {
        if (cancels.wants(job.claim().job())) {
            return cancelled(job);
        }
        Handled<?> handled = handlers.get(job.kind());
        HandlerPolicy policy = handled == null ? HandlerPolicy.STANDARD : handled.policy();
        int attempts = policy.retryOr(retry).attempts();
        if (job.claim().attempt() > attempts) {
            return dead(job, "its worker process ended during attempt " + attempts + ", the last", null);
        }
        if (job.rescued() && !begins(job.claim())) {
            return new JobOutcome.Returned(job.claim());
        }
        if (handled == null) {
            return failed(job, policy, "no handler for the kind " + job.kind(), null);
        }
        var context = new JobContext(job.claim(), job.tracked() ? teller : null);
        boolean interrupted = Thread.currentThread().isInterrupted();
        cancels.begin(context);
        try {
            context.begin();
            handled.run(job, upgrades, context);
            context.keepResult();
            return new JobOutcome.Done(job.claim());
        } catch (JobContext.Snooze later) {
            return context.unwanted() ? cancelled(job) : new JobOutcome.Snoozed(job.claim(), later.delay());
        } catch (Throwable thrown) {
            if (context.unwanted()) {
                return cancelled(job);
            }
            String late = context.cancelled() ? "timed out after " + policy.timeout() + ": " : "";
            return failed(job, policy, late + describe(thrown), thrown);
        } finally {
            cancels.end(context);
            if (!interrupted) {
                // The next job, or the store, must not find an interrupt that was meant for this one.
                Thread.interrupted();
            }
        }
    }

    private static JobOutcome cancelled(ClaimedJob job) {
        LOG.info("job {} of kind {} was cancelled", job.claim().job(), job.kind());
        return new JobOutcome.Cancelled(job.claim());
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

    private JobOutcome failed(ClaimedJob job, HandlerPolicy policy, String error, @Nullable Throwable thrown) {
        Claim claim = job.claim();
        RetryPolicy tried = policy.retryOr(retry);
        HandlerPolicy.Verdict verdict = verdict(job, policy, thrown);
        if (claim.attempt() >= tried.attempts() || verdict instanceof HandlerPolicy.Verdict.GiveUp) {
            return dead(job, error, thrown);
        }
        Duration delay = verdict instanceof HandlerPolicy.Verdict.RetryAfter after
                ? after.delay()
                : tried.delayAfter(claim.attempt(), random);
        LOG.warn(
                "job {} of kind {} failed attempt {} of {}, the next is in {}{}",
                claim.job(),
                job.kind(),
                claim.attempt(),
                tried.attempts(),
                delay,
                thrown == null ? ": " + error : "",
                thrown);
        return new JobOutcome.Retry(claim, delay, error);
    }

    /** A rule that fails itself is none. */
    private static HandlerPolicy.Verdict verdict(ClaimedJob job, HandlerPolicy policy, @Nullable Throwable thrown) {
        if (thrown == null) {
            return new HandlerPolicy.Verdict.Retry();
        }
        try {
            return policy.verdict(thrown);
        } catch (RuntimeException | Error broken) {
            LOG.error("the rule for an error of the kind {} failed; the job is tried again", job.kind(), broken);
            return new HandlerPolicy.Verdict.Retry();
        }
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
