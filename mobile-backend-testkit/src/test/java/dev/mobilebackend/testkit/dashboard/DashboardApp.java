// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.dashboard;

import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.page.PagePolicy;
import dev.mobilebackend.core.page.Paging;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.transport.CorsPolicy;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.jobs.ClaimedJob;
import dev.mobilebackend.jobs.JobKind;
import dev.mobilebackend.jobs.JobOutcome;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.dashboard.JobsDashboard;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.jobs.schedule.Schedule;
import dev.mobilebackend.jobs.schedule.jdbi.JobSchedules;
import dev.mobilebackend.testkit.app.RunningApp;
import dev.mobilebackend.testkit.app.TestDatabase;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** An application with nothing but a dashboard, and jobs to look at in it. */
final class DashboardApp implements AutoCloseable {

    static final String LISTED_ORIGIN = "https://partner.example";

    @JobKind("sweep")
    record Sweep() {}

    final TestDatabase database = TestDatabase.h2();
    final JdbiJobStore jobs;
    final JobSchedules schedules;
    private final RunningApp app;
    private final long worker;

    DashboardApp(UnaryOperator<JobsDashboard.Builder> choices) {
        Schema.install(database.database(), JdbiJobStore.SCHEMA);
        jobs = JdbiJobStore.of(database.database());
        schedules = JobSchedules.builder(jobs)
                .add("nightly-report", Schedule.cron("0 3 * * *", ZoneId.of("Europe/Berlin")), new Sweep())
                .add("sweep", Schedule.every(Duration.ofDays(365)), new Sweep())
                .build();
        schedules.tick();
        worker = jobs.join(Duration.ofHours(1));
        var paging = new Paging(ServerSecret.of(new byte[32]), new PagePolicy(20, 100));
        JobsDashboard dashboard = choices.apply(
                        JobsDashboard.builder(jobs.view(), paging).schedules(schedules))
                .build();
        Edge edge = Edge.builder()
                .transport(TransportPolicy.strict()
                        .plainHttp(TransportPolicy.PlainHttp.LOOPBACK)
                        .cors(CorsPolicy.allow(LISTED_ORIGIN)))
                .authenticate(DashboardApp::authenticate)
                .routes(dashboard.routes())
                .build();
        app = RunningApp.servlet((classes, context) -> {
            context.addFilter("edge", edge).addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
            context.addServlet("jobs", dashboard.servlet()).addMapping(dashboard.path() + "/*");
        });
    }

    String uri() {
        return app.uri() + "/admin/jobs";
    }

    /** Its id; it failed for the last time with this error. */
    long dead(String queue, String kind, String error) {
        ClaimedJob claimed = claimed(queue, kind);
        jobs.finishAndClaim(claimed.claim().owner(), List.of(new JobOutcome.Dead(claimed.claim(), error)), queue, 0);
        return claimed.claim().job();
    }

    /** Its id; it waits for its second attempt. */
    long failed(String queue, String kind, String error, Duration delay) {
        ClaimedJob claimed = claimed(queue, kind);
        jobs.finishAndClaim(
                claimed.claim().owner(), List.of(new JobOutcome.Retry(claimed.claim(), delay, error)), queue, 0);
        return claimed.claim().job();
    }

    /** A worker has it. */
    ClaimedJob claimed(String queue, String kind) {
        waiting(queue, kind, Duration.ZERO);
        return jobs.finishAndClaim(worker, List.of(), queue, 1).get(0);
    }

    long waiting(String queue, String kind, Duration delay) {
        return jobs.enqueue(new NewJob(kind, "{\"card\":\"CANARY\"}", delay).queue(queue));
    }

    @Override
    public void close() {
        app.close();
        database.close();
    }

    /** {@code Bearer NAME} is the account of that name, with a role of that name. */
    private static void authenticate(Exchange exchange) {
        String token = exchange.header("Authorization");
        if (token != null) {
            String name = token.substring("Bearer ".length());
            exchange.authenticated(new Caller(name, "session", Set.of(name)));
        }
    }
}
