// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.jobs.JobsView;
import dev.mobilebackend.jobs.schedule.jdbi.JobSchedules;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators do: by a button of a page, which leads back to a page, or by the same path of the API. */
record Acting(JobsView view, @Nullable JobSchedules schedules, Consumer<DashboardAction> audit) {

    /** What one press of a button replays: its transactions are short, and the button can be pressed again. */
    static final int REPLAYED_AT_ONCE = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(JobsDashboard.class);

    /** A page of the dashboard, from its root. */
    private static final Pattern PAGE = Pattern.compile("[a-z0-9-]*(/[a-z0-9.-]+)?(\\?kind=[a-z0-9.-]+)?");

    /** JSON: how many things have changed. */
    record Changed(int changed) {}

    void addTo(Endpoints endpoints) {
        add(endpoints, "queues", "queue", "pause", queue -> one(isQueue(queue) && view.pause(queue)));
        add(endpoints, "queues", "queue", "resume", queue -> one(view.resume(queue)));
        add(endpoints, "jobs", "job", "replay", job -> one(view.replay(id(job))));
        add(endpoints, "jobs", "job", "discard", job -> one(view.discard(id(job))));
        add(endpoints, "jobs", "job", "run", job -> one(view.runNow(id(job))));
        add(endpoints, "kinds", "kind", "replay", kind -> view.replayAll(kind, REPLAYED_AT_ONCE));
        if (schedules != null) {
            JobSchedules known = schedules;
            add(endpoints, "schedules", "schedule", "run", name -> one(run(known, name)));
            add(endpoints, "schedules", "schedule", "pause", name -> one(known.pause(name)));
            add(endpoints, "schedules", "schedule", "resume", name -> one(known.resume(name)));
        }
    }

    private void add(Endpoints endpoints, String what, String variable, String verb, ToIntFunction<String> work) {
        String path = "/" + what + "/{" + variable + "}/" + verb;
        String action = what + "/" + verb;
        Function<Exchange, Integer> acting = exchange -> act(exchange, action, exchange.pathParameter(variable), work);
        endpoints.post(path, (exchange, root) -> {
            SameOrigin.require(exchange, true);
            int changed = acting.apply(exchange);
            return Answer.of(303).header("Location", back(exchange, root, action, changed));
        });
        endpoints.post("/api/v1" + path, (exchange, root) -> {
            SameOrigin.require(exchange, false);
            return Answer.json(200, JsonBody.write(new Changed(acting.apply(exchange))));
        });
    }

    private int act(Exchange exchange, String action, String subject, ToIntFunction<String> work) {
        int changed = work.applyAsInt(subject);
        var done = new DashboardAction(
                exchange.facts().receivedAt(),
                action,
                subject,
                changed,
                exchange.tryCaller().map(Caller::accountId).orElse(null),
                exchange.facts().client(),
                exchange.facts().requestId());
        LOG.info("jobs dashboard: {} of {} changed {} (request {})", action, subject, changed, done.requestId());
        audit.accept(done);
        return changed;
    }

    /** See Other (RFC 9110 section 15.4.4): the page from which the button was pressed, and what came of it. */
    private static String back(Exchange exchange, String root, String action, int changed) {
        String page = exchange.query("back");
        String known = page != null && PAGE.matcher(page).matches() ? page : "";
        return root + (known.isEmpty() || known.startsWith("?") ? "" : "/") + known + (known.contains("?") ? "&" : "?")
                + "said=" + action.replace('/', '-') + "&changed=" + changed;
    }

    private static boolean run(JobSchedules schedules, String name) {
        try {
            schedules.runNow(name);
            return true;
        } catch (IllegalArgumentException ofAnotherInstance) {
            return false;
        }
    }

    private boolean isQueue(String name) {
        Predicate<JobsView.Queue> named = queue -> queue.name().equals(name);
        return view.overview().queues().stream().anyMatch(named);
    }

    private static int one(boolean changed) {
        return changed ? 1 : 0;
    }

    private static long id(String job) {
        if (!job.matches("[0-9]{1,18}")) {
            throw Problem.NOT_FOUND.exception();
        }
        return Long.parseLong(job);
    }
}
