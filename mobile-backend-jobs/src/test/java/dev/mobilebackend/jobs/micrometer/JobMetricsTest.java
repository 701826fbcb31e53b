// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.InMemoryJobStore;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.JobRun;
import dev.mobilebackend.jobs.JobsView;
import dev.mobilebackend.jobs.MovedClock;
import dev.mobilebackend.jobs.NewJob;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JobMetricsTest {

    private static final Claim CLAIM = new Claim(1, 1, 1, 1);

    private final MovedClock clock = new MovedClock();
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final JobMetrics metrics = JobMetrics.of(registry);

    @Test
    void timesRunsByQueueKindAndOutcome() {
        metrics.ended(run(new JobOutcome.Done(CLAIM)));
        metrics.ended(run(new JobOutcome.Done(CLAIM)));
        metrics.ended(run(new JobOutcome.Retry(CLAIM, Duration.ZERO, "no answer")));

        var done = registry.get("mobilebackend.jobs.runs")
                .tags("queue", "mail", "kind", "send-mail", "outcome", "done")
                .timer();
        assertEquals(2, done.count());
        assertEquals(4, done.totalTime(TimeUnit.SECONDS));
        assertEquals(
                1,
                registry.get("mobilebackend.jobs.runs")
                        .tags("outcome", "failed")
                        .timer()
                        .count());
        assertEquals(
                15,
                registry.get("mobilebackend.jobs.waits")
                        .tags("queue", "mail")
                        .timer()
                        .totalTime(TimeUnit.SECONDS));
    }

    @Test
    void tellsHowTheQueuesStand() {
        store.enqueue(new NewJob("send-mail", "{}", Duration.ZERO).queue("mail"));
        store.enqueue(new NewJob("send-mail", "{}", Duration.ofHours(1)).queue("mail"));
        store.join(Duration.ofHours(1));
        store.view().pause("mail");
        clock.advance(Duration.ofSeconds(90));

        metrics.refresh(store.view());

        assertEquals(2, stored("waiting"));
        assertEquals(1, stored("due"));
        assertEquals(0, stored("dead"));
        assertEquals(90, registry.get("mobilebackend.jobs.oldest.due").gauge().value());
        assertEquals(1, registry.get("mobilebackend.jobs.paused").gauge().value());
        assertEquals(1, registry.get("mobilebackend.jobs.workers").gauge().value());
        assertEquals(0, registry.get("mobilebackend.jobs.retrying").gauge().value());
    }

    @Test
    void tellsNothingOfAStoreThatDoesNotAnswer() {
        store.enqueue(new NewJob("send-mail", "{}", Duration.ZERO).queue("mail"));
        metrics.refresh(store.view());

        metrics.refresh(silent());

        assertNull(registry.find("mobilebackend.jobs.stored").gauge());
        assertTrue(
                Double.isNaN(registry.get("mobilebackend.jobs.workers").gauge().value()));
    }

    @Test
    void theDocumentNamesEachMeter() throws IOException {
        metrics.ended(run(new JobOutcome.Done(CLAIM)));
        store.enqueue(new NewJob("send-mail", "{}", Duration.ZERO).queue("mail"));
        metrics.refresh(store.view());
        String document = Files.readString(Path.of("../docs/observability.md"));

        registry.getMeters()
                .forEach(meter -> assertTrue(
                        document.contains("`" + meter.getId().getName() + "`"),
                        meter.getId().getName()));
    }

    private double stored(String state) {
        return registry.get("mobilebackend.jobs.stored")
                .tags("queue", "mail", "state", state)
                .gauge()
                .value();
    }

    private static JobRun run(JobOutcome outcome) {
        return new JobRun("mail", "send-mail", outcome, Duration.ofSeconds(5), Duration.ofSeconds(2));
    }

    private static JobsView silent() {
        return (JobsView) Proxy.newProxyInstance(
                JobsView.class.getClassLoader(), new Class<?>[] {JobsView.class}, (proxy, method, arguments) -> {
                    throw new IllegalStateException("there is no connection");
                });
    }
}
