// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.admin;

import dev.mobilebackend.cache.CacheStatistics;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.jobs.DeadJob;
import dev.mobilebackend.jobs.JobCount;
import dev.mobilebackend.jobs.JobStore;
import dev.mobilebackend.samples.shop.product.Products;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What operators look at: the jobs, and figures in the text format that Prometheus scrapes. */
public final class Admin {

    private static final int DEAD_SHOWN = 50;

    private final JobStore jobs;
    private final PrometheusMeterRegistry figures;
    private final MultiGauge jobFigures;

    public Admin(JobStore jobs, Products products, PrometheusMeterRegistry figures) {
        this.jobs = jobs;
        this.figures = figures;
        jobFigures = MultiGauge.builder("shop.jobs").register(figures);
        count("shop.cache.hits", products, CacheStatistics::hits);
        count("shop.cache.misses", products, CacheStatistics::misses);
        count("shop.cache.load.failures", products, CacheStatistics::loadFailures);
    }

    private record Jobs(List<JobCount> counts, List<Dead> dead) {}

    /** A dead job without its payload, which may hold what an operator has no business with. */
    private record Dead(long id, String kind, int attempts, String error, Instant diedAt) {

        static Dead of(DeadJob job) {
            return new Dead(job.id(), job.kind(), job.attempts(), job.error(), job.diedAt());
        }
    }

    /** {@code GET /v1/admin/jobs}: how many of each kind wait, run or died, and why the last ones died. */
    public Answer jobs(Exchange exchange) {
        List<Dead> dead = jobs.dead(DEAD_SHOWN).stream().map(Dead::of).toList();
        return Answer.json(200, JsonBody.write(new Jobs(jobs.counts(), dead)));
    }

    /** {@code GET /metrics}. */
    public Answer metrics(Exchange exchange) {
        jobFigures.register(jobs.counts().stream().map(Admin::row).toList(), true);
        return new Answer(
                200,
                Map.of("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),
                figures.scrape().getBytes(StandardCharsets.UTF_8));
    }

    private static MultiGauge.Row<Number> row(JobCount count) {
        Tags tags = Tags.of("kind", count.kind(), "state", count.state().name().toLowerCase(Locale.ROOT));
        return MultiGauge.Row.of(tags, count.count());
    }

    private void count(String name, Products products, ToDoubleFunction<CacheStatistics> figure) {
        FunctionCounter.builder(name, products, of -> figure.applyAsDouble(of.cacheStatistics()))
                .register(figures);
    }
}
