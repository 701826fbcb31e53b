// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.micrometer;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.jobs.JobObserver;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobRun;
import dev.mobilebackend.jobs.JobsView;
import dev.mobilebackend.jobs.JobsView.Overview;
import dev.mobilebackend.jobs.JobsView.Queue;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs in a registry of Micrometer: the runs of this process as they end, and the queues of the store whenever they are
 * {@link #refresh refreshed}. Its tags are the application's own words, so their number is bounded.
 *
 * <pre>{@code
 * var metrics = JobMetrics.of(registry);
 * Worker.builder(jobs).observe(metrics). ... .build();
 * metrics.refresh(jobs.view()); // before each scrape, or each quarter of a minute
 * }</pre>
 */
@SuppressWarnings("exports") // whoever calls this requires Micrometer already
public final class JobMetrics implements JobObserver {

    private static final Logger LOG = LoggerFactory.getLogger(JobMetrics.class);

    private final MeterProvider<Timer> runs;
    private final MeterProvider<Timer> waits;
    private final MultiGauge stored;
    private final MultiGauge oldest;
    private final MultiGauge paused;
    private final AtomicReference<Double> workers = new AtomicReference<>(Double.NaN);
    private final AtomicReference<Double> retrying = new AtomicReference<>(Double.NaN);

    private JobMetrics(MeterRegistry registry) {
        runs = Timer.builder("mobilebackend.jobs.runs")
                .description("Runs of jobs in this process, by what became of them")
                .withRegistry(registry);
        waits = Timer.builder("mobilebackend.jobs.waits")
                .description("How long jobs had been due when this process took them")
                .withRegistry(registry);
        stored = MultiGauge.builder("mobilebackend.jobs.stored")
                .description("Jobs in the store, counted up to " + JobsView.MOST_COUNTED)
                .register(registry);
        oldest = MultiGauge.builder("mobilebackend.jobs.oldest.due")
                .description("How long the job has been due that has been for longest")
                .baseUnit("seconds")
                .register(registry);
        paused = MultiGauge.builder("mobilebackend.jobs.paused")
                .description("1 while the queue is paused")
                .register(registry);
        Gauge.builder("mobilebackend.jobs.workers", workers, AtomicReference::get)
                .description("Worker processes that hold a lease")
                .register(registry);
        Gauge.builder("mobilebackend.jobs.retrying", retrying, AtomicReference::get)
                .description("Jobs that failed and wait for their next attempt, counted up to " + JobsView.MOST_COUNTED)
                .register(registry);
    }

    public static JobMetrics of(MeterRegistry registry) {
        return new JobMetrics(requireNonNull(
                registry, "registry must not be null: without one there are no figures, so leave JobMetrics out"));
    }

    @Override
    public void ended(JobRun run) {
        runs.withTags("queue", run.queue(), "kind", run.kind(), "outcome", word(run.outcome()))
                .record(run.ran());
        waits.withTags("queue", run.queue()).record(run.waited());
    }

    /** Looks at the store. Where it does not answer, nothing is told of it: the last figures would look alive. */
    public void refresh(JobsView view) {
        try {
            Overview overview = view.overview();
            workers.set((double) overview.workers());
            retrying.set((double) overview.retrying().jobs());
            show(overview.queues(), overview.now());
        } catch (RuntimeException failed) {
            LOG.warn("there are no figures of the queues: the store did not answer", failed);
            workers.set(Double.NaN);
            retrying.set(Double.NaN);
            show(List.of(), Instant.EPOCH);
        }
    }

    private void show(List<Queue> queues, Instant now) {
        var counts = new ArrayList<Row<?>>();
        var ages = new ArrayList<Row<?>>();
        var pauses = new ArrayList<Row<?>>();
        for (Queue queue : queues) {
            counts.add(row(queue, "waiting", queue.waiting()));
            counts.add(row(queue, "due", queue.due()));
            counts.add(row(queue, "running", queue.running()));
            counts.add(row(queue, "dead", queue.dead()));
            Duration age = queue.oldestDue() == null ? Duration.ZERO : Duration.between(queue.oldestDue(), now);
            ages.add(Row.of(Tags.of("queue", queue.name()), age.toMillis() / 1_000.0));
            pauses.add(Row.of(Tags.of("queue", queue.name()), queue.paused() ? 1 : 0));
        }
        stored.register(counts, true);
        oldest.register(ages, true);
        paused.register(pauses, true);
    }

    private static Row<?> row(Queue queue, String state, JobsView.Count count) {
        return Row.of(Tags.of("queue", queue.name(), "state", state), count.jobs());
    }

    private static String word(JobOutcome outcome) {
        return outcome instanceof JobOutcome.Done
                ? "done"
                : outcome instanceof JobOutcome.Retry
                        ? "failed"
                        : outcome instanceof JobOutcome.Dead
                                ? "dead"
                                : outcome instanceof JobOutcome.Snoozed
                                        ? "snoozed"
                                        : outcome instanceof JobOutcome.Cancelled ? "cancelled" : "other";
    }
}
