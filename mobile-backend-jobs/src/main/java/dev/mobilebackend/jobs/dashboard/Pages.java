// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.page.PageRequest;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.JobsView;
import dev.mobilebackend.jobs.JobsView.Count;
import dev.mobilebackend.jobs.JobsView.Line;
import dev.mobilebackend.jobs.JobsView.Minute;
import dev.mobilebackend.jobs.JobsView.Overview;
import dev.mobilebackend.jobs.JobsView.Queue;
import dev.mobilebackend.jobs.RunTally;
import dev.mobilebackend.jobs.schedule.ScheduleState;
import dev.mobilebackend.jobs.schedule.jdbi.JobSchedules;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The pages as HTML: tables that become cards on a phone, and each button a form of its own, which works without script.
 *
 * @param acts whether there is somebody who may press buttons
 */
record Pages(JobsView view, @Nullable JobSchedules schedules, boolean acts) {

    private static final int SHOWN_AT_FIRST = 5;
    private static final PageRequest FIRST = new PageRequest(SHOWN_AT_FIRST, List.of(), values -> "");

    private static final Map<String, String> SAID = Map.ofEntries(
            Map.entry("queues-pause", "The queue is paused: what runs goes on, nothing else begins."),
            Map.entry("queues-resume", "The queue goes on."),
            Map.entry("jobs-replay", "The job waits again, with all its attempts."),
            Map.entry("jobs-discard", "The job is gone."),
            Map.entry("jobs-run", "The job is due now."),
            Map.entry("kinds-replay", "The jobs wait again, with all their attempts."),
            Map.entry("schedules-run", "The schedule's job waits, and runs now."),
            Map.entry("schedules-pause", "The schedule is paused."),
            Map.entry("schedules-resume", "The schedule goes on with its next tick."));

    Html overview(Exchange exchange, String root) {
        Overview overview = view.overview();
        Instant now = overview.now();
        Page<Line> dead = view.dead(null, FIRST);
        Page<Line> retrying = view.retrying(FIRST);
        Page<Line> running = view.running(FIRST);
        List<ScheduleState> plans = schedules == null ? List.of() : schedules.list();
        var body = Html.of(
                "{}<h2>Queues</h2>{}<h2>The last hour</h2>{}{}{}{}{}",
                tiles(overview),
                overview.queues().isEmpty()
                        ? Html.of("<p class=\"none\">No job waits, runs or died, and none ran within the hour.</p>")
                        : queues(overview, root),
                charts(now),
                section("Dead", root + "/dead", table(dead.items(), root, now, "")),
                section("Waiting for a retry", root + "/retrying", table(retrying.items(), root, now, "")),
                section("Running", root + "/running", table(running.items(), root, now, "")),
                plans.isEmpty() ? Html.NOTHING : Html.of("<h2>Schedules</h2>{}", schedules(plans, root, now)));
        return page(exchange, root, "Overview", body);
    }

    Html list(Exchange exchange, String root, String title, Page<Line> page) {
        Instant now = view.overview().now();
        String here = exchange.template().substring(exchange.template().lastIndexOf('/') + 1);
        boolean queue = here.equals("{queue}");
        String name = queue ? exchange.pathParameter("queue") : "";
        String kind = here.equals("dead") ? exchange.query("kind") : null;
        boolean ofKind = kind != null && kind.matches("[a-z0-9.-]{1,64}");
        String back = queue ? "queues/" + name : ofKind ? here + "?kind=" + kind : here;
        String base = root + "/" + back;
        Html more = page.nextCursor() == null
                ? Html.NOTHING
                : Html.of(
                        "<a rel=\"next\" href=\"{}{}cursor={}\">Next page</a>",
                        base,
                        ofKind ? "&" : "?",
                        page.nextCursor());
        Html first = exchange.query("cursor") == null ? Html.NOTHING : Html.of("<a href=\"{}\">First page</a>", base);
        Html replayAll = ofKind && acts
                ? Html.of(
                        "<div class=\"do\">{}</div>",
                        sure(
                                "Replay all of this kind\u2026",
                                "Replay up to " + Words.number(Acting.REPLAYED_AT_ONCE),
                                root + "/kinds/" + kind + "/replay",
                                back))
                : Html.NOTHING;
        String whole = queue ? title + " " + name : ofKind ? title + ": " + kind : title;
        return page(
                exchange,
                root,
                whole,
                Html.of(
                        "<h2>{}</h2>{}{}<div class=\"pages\">{}{}</div>",
                        whole,
                        replayAll,
                        table(page.items(), root, now, back),
                        first,
                        more));
    }

    private Html page(Exchange exchange, String root, String title, Html body) {
        String here = exchange.template();
        return Html.of(
                """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>{} - Jobs</title>
                <meta name="viewport" content="width=device-width,initial-scale=1">
                <meta name="robots" content="noindex">
                <noscript><meta http-equiv="refresh" content="15"></noscript><style>{}</style></head>
                <body><header><b>Jobs</b>{}{}{}{}</header>{}<main>{}</main><script>{}</script></body></html>
                """,
                title,
                new Html(Look.STYLE),
                link(root, "", "Overview", title.equals("Overview")),
                link(root, "/running", "Running", here.endsWith("/running")),
                link(root, "/retrying", "Retrying", here.endsWith("/retrying")),
                link(root, "/dead", "Dead", here.endsWith("/dead")),
                said(exchange),
                body,
                new Html(Look.SCRIPT));
    }

    private static Html link(String root, String path, String name, boolean current) {
        return Html.of(
                "<a href=\"{}{}\"{}>{}</a>",
                root,
                path,
                current ? Html.of(" aria-current=\"page\"") : Html.NOTHING,
                name);
    }

    /** In words of this page's only: whoever makes a link to it cannot put his own here. */
    private static Html said(Exchange exchange) {
        String what = exchange.query("said");
        String words = what == null ? null : SAID.get(what);
        String changed = exchange.query("changed");
        if (words == null || changed == null || !changed.matches("[0-9]{1,5}")) {
            return Html.NOTHING;
        }
        int number = Integer.parseInt(changed);
        return number == 0
                ? Html.of("<div class=\"said none\" role=\"status\"><p>Nothing has changed: somebody else was quicker,"
                        + " or it stood so already.</p></div>")
                : Html.of(
                        "<div class=\"said\" role=\"status\"><p>{}{}</p></div>",
                        words,
                        number > 1 ? " (" + Words.number(number) + ")" : "");
    }

    private static Html tiles(Overview overview) {
        List<Queue> queues = overview.queues();
        Count due = sum(queues, Queue::due);
        Count dead = sum(queues, Queue::dead);
        return Html.of(
                "<div class=\"tiles\">{}{}{}{}{}{}</div><p class=\"dim\">As of {}</p>",
                tile("waiting", Words.number(sum(queues, Queue::waiting)), ""),
                tile("due", Words.number(due), ""),
                tile("running", Words.number(sum(queues, Queue::running)), ""),
                tile(
                        "waiting for a retry",
                        Words.number(overview.retrying()),
                        overview.retrying().jobs() > 0 ? "warn" : ""),
                tile("dead", Words.number(dead), dead.jobs() > 0 ? "bad" : ""),
                tile("workers", Words.number(overview.workers()), overview.workers() == 0 ? "bad" : ""),
                Words.moment(overview.now()));
    }

    private static Html tile(String name, String number, String look) {
        return Html.of("<div class=\"tile {}\"><b>{}</b>{}</div>", look, number, name);
    }

    private static Count sum(List<Queue> queues, Function<Queue, Count> counted) {
        long jobs = 0;
        boolean more = false;
        for (Queue queue : queues) {
            jobs += counted.apply(queue).jobs();
            more |= counted.apply(queue).more();
        }
        return new Count((int) Math.min(jobs, Integer.MAX_VALUE), more);
    }

    private Html queues(Overview overview, String root) {
        List<Html> rows = overview.queues().stream()
                .map(queue -> Html.of(
                        "<tr><td><a href=\"{}/queues/{}\">{}</a> {}</td>{}{}{}{}{}{}</tr>",
                        root,
                        queue.name(),
                        queue.name(),
                        queue.paused() ? Html.of("<span class=\"tag warn\">paused</span>") : Html.NOTHING,
                        cell("Waiting", Words.number(queue.waiting())),
                        cell("Due", Words.number(queue.due())),
                        cell(
                                "Oldest due",
                                queue.oldestDue() == null ? "-" : Words.ago(queue.oldestDue(), overview.now())),
                        cell("Running", Words.number(queue.running())),
                        cell("Dead", Words.number(queue.dead())),
                        buttons(
                                queue.paused()
                                        ? button("Resume", root + "/queues/" + queue.name() + "/resume", "")
                                        : button("Pause", root + "/queues/" + queue.name() + "/pause", ""))))
                .toList();
        return Html.of(
                "<table><thead><tr><th>Queue</th><th class=\"n\">Waiting</th><th class=\"n\">Due</th>"
                        + "<th class=\"n\">Oldest due</th><th class=\"n\">Running</th><th class=\"n\">Dead</th>{}</tr>"
                        + "</thead><tbody>{}</tbody></table>",
                acts ? Html.of("<th></th>") : Html.NOTHING,
                Html.join(rows));
    }

    private Html charts(Instant now) {
        List<Minute> minutes = view.minutes(Watching.HOUR);
        var byMinute = new TreeMap<Instant, RunTally>();
        minutes.forEach(minute -> byMinute.merge(minute.began(), minute.runs(), RunTally::plus));
        RunTally hour = byMinute.values().stream().reduce(RunTally.none("all"), RunTally::plus);
        Instant first = now.truncatedTo(ChronoUnit.MINUTES).minus(Chart.MINUTES - 1, ChronoUnit.MINUTES);
        Html axis = Html.of(
                "<div class=\"axis\"><span>{}</span><span>{}</span><span>{} UTC</span></div>",
                Words.clock(first),
                Words.clock(first.plus(Chart.MINUTES / 2, ChronoUnit.MINUTES)),
                Words.clock(now));
        Html runs = Chart.bars(
                true,
                List.of("s1", "s2", "s3"),
                List.of(
                        series(byMinute, first, RunTally::done),
                        series(byMinute, first, RunTally::failed),
                        series(byMinute, first, RunTally::dead)),
                "Runs by the minute in the last hour");
        Html waits = Chart.bars(
                false,
                List.of("s5", "s4"),
                List.of(
                        series(byMinute, first, tally -> tally.longestWait().toNanos()),
                        series(byMinute, first, tally -> tally.meanWait().toNanos())),
                "How long jobs were due before they were taken, by the minute in the last hour");
        return Html.of(
                """
                <div class="charts"><div class="card"><h3>Runs a minute</h3>{}{}<p><span class="key k1"></span>{} done,
                <span class="key k2"></span>{} failed, <span class="key k3"></span>{} dead; a run took {} on average, {} at
                most</p></div><div class="card"><h3>Wait until taken</h3>{}{}<p><span class="key k4"></span>{} on average,
                <span class="key k5"></span>{} at most</p></div></div>""",
                runs,
                axis,
                Words.number(hour.done()),
                Words.number(hour.failed()),
                Words.number(hour.dead()),
                Words.span(hour.meanRun()),
                Words.span(hour.longestRun()),
                waits,
                axis,
                Words.span(hour.meanWait()),
                Words.span(hour.longestWait()));
    }

    private static double[] series(Map<Instant, RunTally> minutes, Instant first, ToDoubleFunction<RunTally> value) {
        var values = new double[Chart.MINUTES];
        minutes.forEach((began, tally) -> {
            long place = ChronoUnit.MINUTES.between(first, began);
            if (place >= 0 && place < values.length) {
                values[(int) place] = value.applyAsDouble(tally);
            }
        });
        return values;
    }

    private static Html section(String title, String all, Html table) {
        return Html.of("<h2>{}<a href=\"{}\">all</a></h2>{}", title, all, table);
    }

    private Html table(List<Line> lines, String root, Instant now, String back) {
        if (lines.isEmpty()) {
            return Html.of("<p class=\"none\">None.</p>");
        }
        List<Html> rows = lines.stream().map(line -> row(line, root, now, back)).toList();
        String moment =
                switch (lines.get(0).state()) {
                    case WAITING -> "Due";
                    case RUNNING -> "Taken";
                    case DEAD -> "Died";
                };
        boolean running = lines.get(0).state() == JobState.RUNNING;
        return Html.of(
                "<table><thead><tr><th>Job</th><th>Queue</th><th class=\"n\">{}</th><th class=\"n\">{}</th><th>{}</th>{}"
                        + "</tr></thead><tbody>{}</tbody></table>",
                moment,
                running ? "Attempt" : "Attempts",
                running ? "Worker" : "Error",
                acts && !running ? Html.of("<th></th>") : Html.NOTHING,
                Html.join(rows));
    }

    private Html row(Line line, String root, Instant now, String back) {
        String job = root + "/jobs/" + line.id() + "/";
        return switch (line.state()) {
            case RUNNING ->
                row(
                        line,
                        root,
                        "Taken",
                        now,
                        Html.of("<td data-t=\"Worker\">{}</td>", String.valueOf(line.worker())),
                        Html.NOTHING);
            case WAITING ->
                row(
                        line,
                        root,
                        "Due",
                        now,
                        error(line),
                        buttons(line.at().isAfter(now) ? button("Run now", job + "run", back) : Html.NOTHING));
            case DEAD ->
                row(
                        line,
                        root,
                        "Died",
                        now,
                        error(line),
                        buttons(Html.of(
                                "{}{}",
                                button("Retry", job + "replay", back),
                                sure("Discard\u2026", "Discard for good", job + "discard", back))));
        };
    }

    private static Html row(Line line, String root, String moment, Instant now, Html last, Html buttons) {
        Html kind = line.state() == JobState.DEAD
                ? Html.of("<a href=\"{}/dead?kind={}\">{}</a>", root, line.kind(), line.kind())
                : Html.of("{}", line.kind());
        return Html.of(
                "<tr><td><b>{}</b> <span class=\"dim\">#{}</span></td><td data-t=\"Queue\"><a href=\"{}/queues/{}\">{}</a>"
                        + "</td>{}{}{}{}</tr>",
                kind,
                line.id(),
                root,
                line.queue(),
                line.queue(),
                cell(moment, Words.ago(line.at(), now)),
                cell(line.state() == JobState.RUNNING ? "Attempt" : "Attempts", line.attempts()),
                last,
                buttons);
    }

    private static Html error(Line line) {
        return Html.of("<td class=\"wide\"><pre>{}</pre></td>", line.error() == null ? "" : line.error());
    }

    private Html schedules(List<ScheduleState> plans, String root, Instant now) {
        List<Html> rows = plans.stream()
                .map(plan -> {
                    String path = root + "/schedules/" + plan.name() + "/";
                    return Html.of(
                            "<tr><td><b>{}</b> {}</td><td class=\"all\" data-t=\"When\">{}</td>{}{}{}</tr>",
                            plan.name(),
                            plan.paused() ? Html.of("<span class=\"tag warn\">paused</span>") : Html.NOTHING,
                            plan.spec().startsWith("P")
                                    ? "every " + Words.span(Duration.parse(plan.spec()))
                                    : plan.spec() + " " + plan.zone(),
                            cell("Last", plan.last() == null ? "-" : Words.ago(plan.last(), now)),
                            cell("Next", plan.paused() ? "-" : Words.ago(plan.next(), now)),
                            buttons(Html.of(
                                    "{}{}",
                                    button("Run now", path + "run", ""),
                                    plan.paused()
                                            ? button("Resume", path + "resume", "")
                                            : button("Pause", path + "pause", ""))));
                })
                .toList();
        return Html.of(
                "<table><thead><tr><th>Schedule</th><th>When</th><th class=\"n\">Last</th><th class=\"n\">Next</th>{}</tr>"
                        + "</thead><tbody>{}</tbody></table>",
                acts ? Html.of("<th></th>") : Html.NOTHING,
                Html.join(rows));
    }

    private static Html cell(String title, Object value) {
        return Html.of("<td class=\"n\" data-t=\"{}\">{}</td>", title, value);
    }

    private Html buttons(Html buttons) {
        return acts ? Html.of("<td><div class=\"do\">{}</div></td>", buttons) : Html.NOTHING;
    }

    private static Html button(String name, String action, String back) {
        return button(name, action, back, "");
    }

    private static Html button(String name, String action, String back, String look) {
        return Html.of(
                "<form method=\"post\" action=\"{}?back={}\"><button class=\"{}\">{}</button></form>",
                action,
                URLEncoder.encode(back, StandardCharsets.UTF_8),
                look,
                name);
    }

    /** Two presses for what cannot be taken back. */
    private static Html sure(String first, String name, String action, String back) {
        return Html.of("<details><summary>{}</summary>{}</details>", first, button(name, action, back, "bad"));
    }
}
