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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What operators look at: the jobs, and figures in the text format that Prometheus scrapes. */
public final class Admin {

    private static final int DEAD_SHOWN = 50;

    private final JobStore jobs;
    private final Products products;

    public Admin(JobStore jobs, Products products) {
        this.jobs = jobs;
        this.products = products;
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
        var text = new StringBuilder();
        text.append("# TYPE shop_jobs gauge\n");
        for (JobCount count : jobs.counts()) {
            text.append("shop_jobs{kind=\"%s\",state=\"%s\"} %d\n"
                    .formatted(count.kind(), count.state().name().toLowerCase(Locale.ROOT), count.count()));
        }
        CacheStatistics cache = products.cacheStatistics();
        counter(text, "shop_cache_hits_total", cache.hits());
        counter(text, "shop_cache_misses_total", cache.misses());
        counter(text, "shop_cache_load_failures_total", cache.loadFailures());
        return new Answer(
                200,
                Map.of("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),
                text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void counter(StringBuilder text, String name, long value) {
        text.append("# TYPE ").append(name).append(" counter\n");
        text.append(name).append(' ').append(value).append('\n');
    }
}
