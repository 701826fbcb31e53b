// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.page.PageRequest;
import dev.mobilebackend.core.page.Paging;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.jobs.JobsView;
import dev.mobilebackend.jobs.JobsView.Line;
import dev.mobilebackend.jobs.RunTally;
import dev.mobilebackend.jobs.schedule.ScheduleState;
import dev.mobilebackend.jobs.schedule.jdbi.JobSchedules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What operators see: pages, and the same as JSON. */
record Watching(JobsView view, @Nullable JobSchedules schedules, Paging paging, Pages pages) {

    static final Duration HOUR = Duration.ofHours(1);

    void addTo(Endpoints endpoints) {
        endpoints.get("", (exchange, root) -> page(pages.overview(exchange, root)));
        list(endpoints, "/queues/{queue}", "/queues/{queue}/waiting", "Queue", exchange -> {
            String queue = exchange.pathParameter("queue");
            return page -> view.waiting(queue, page);
        });
        list(endpoints, "/running", "/running", "Running", exchange -> view::running);
        list(endpoints, "/retrying", "/retrying", "Waiting for a retry", exchange -> view::retrying);
        list(endpoints, "/dead", "/dead", "Dead", exchange -> {
            String kind = exchange.query("kind");
            return page -> view.dead(kind, page);
        });
        json(endpoints, "/overview", exchange -> view.overview());
        json(
                endpoints,
                "/minutes",
                exchange ->
                        new Items(view.minutes(HOUR).stream().map(Minute::of).toList()));
        json(endpoints, "/schedules", exchange -> new Items(states()));
    }

    /** JSON: a list that is not paged. */
    record Items(List<?> items) {}

    /** JSON: the runs of a queue in a minute. */
    record Minute(
            Instant began,
            String queue,
            long done,
            long failed,
            long dead,
            Duration meanRun,
            Duration longestRun,
            Duration meanWait,
            Duration longestWait) {

        static Minute of(JobsView.Minute minute) {
            RunTally runs = minute.runs();
            return new Minute(
                    minute.began(),
                    runs.queue(),
                    runs.done(),
                    runs.failed(),
                    runs.dead(),
                    runs.meanRun(),
                    runs.longestRun(),
                    runs.meanWait(),
                    runs.longestWait());
        }
    }

    private void list(
            Endpoints endpoints,
            String path,
            String api,
            String title,
            Function<Exchange, Function<PageRequest, Page<Line>>> list) {
        Function<Exchange, Page<Line>> read = exchange -> list.apply(exchange).apply(paging.request(exchange));
        endpoints.get(path, (exchange, root) -> page(pages.list(exchange, root, title, read.apply(exchange))));
        json(endpoints, api, read::apply);
    }

    private static void json(Endpoints endpoints, String path, Function<Exchange, Object> answer) {
        endpoints.get("/api/v1" + path, (exchange, root) -> Answer.json(200, JsonBody.write(answer.apply(exchange))));
    }

    private List<ScheduleState> states() {
        return schedules == null ? List.of() : schedules.list();
    }

    /** By the edge's policy on referrers a form's origin would be "null", and nobody could tell it from a foreign one. */
    private static Answer page(Html page) {
        return new Answer(
                200,
                Map.of(
                        "Content-Type", "text/html; charset=utf-8",
                        "Content-Security-Policy", Look.POLICY,
                        "Referrer-Policy", "same-origin"),
                page.text().getBytes(StandardCharsets.UTF_8));
    }
}
