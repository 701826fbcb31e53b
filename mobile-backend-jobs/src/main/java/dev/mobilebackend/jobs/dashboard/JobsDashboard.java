// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.page.Paging;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.jobs.JobsView;
import dev.mobilebackend.jobs.schedule.jdbi.JobSchedules;
import jakarta.servlet.http.HttpServlet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Queues, throughput, failed jobs and schedules on a page for operators, with buttons, and the same as JSON. It stands behind
 * an edge and has no open door: who may look at it has to be said, and who may press the buttons too, or there are none.
 *
 * <pre>{@code
 * var dashboard = JobsDashboard.builder(jobs.view(), paging)
 *     .watch(Access.privateNetwork())
 *     .act(Access.privateNetwork())
 *     .schedules(schedules)
 *     .audit(action -> trail.append(action))
 *     .build();
 * Edge.builder().routes(dashboard.routes());
 * context.addServlet("jobs", dashboard.servlet()).addMapping(dashboard.path() + "/*");
 * }</pre>
 *
 * What a job carries is never on it.
 */
public final class JobsDashboard {

    private final String path;
    private final Access watch;
    private final @Nullable Access act;
    private final Endpoints endpoints;
    private final HttpServlet servlet;

    private JobsDashboard(Builder builder, Access watch) {
        this.path = builder.path;
        this.watch = watch;
        this.act = builder.act;
        var pages = new Pages(builder.view, builder.schedules, act != null);
        this.endpoints = new Endpoints(path);
        new Watching(builder.view, builder.schedules, builder.paging, pages).addTo(endpoints);
        if (act != null) {
            new Acting(builder.view, builder.schedules, builder.audit).addTo(endpoints);
        }
        this.servlet = new DashboardServlet(endpoints, Set.copyOf(builder.hosts));
    }

    /**
     * A dashboard without a rule, which cannot be built yet.
     *
     * @param view what the store shows, such as {@code JdbiJobStore.view()}
     * @param paging reads {@code limit} and {@code cursor}, as for the application's other lists
     */
    public static Builder builder(JobsView view, Paging paging) {
        return new Builder(view, paging);
    }

    /** Declares every page and action; for {@code Edge.builder().routes(...)}. */
    public Consumer<Routes> routes() {
        return routes -> endpoints.declareIn(routes, watch, act);
    }

    /** Where {@link #servlet} has to be mapped, with {@code /*} after it. */
    public String path() {
        return path;
    }

    public HttpServlet servlet() {
        return servlet;
    }

    /** A dashboard on its way. */
    public static final class Builder {

        private final JobsView view;
        private final Paging paging;
        private final Set<String> hosts = new HashSet<>();
        private String path = "/admin/jobs";
        private @Nullable Access watch;
        private @Nullable Access act;
        private @Nullable JobSchedules schedules;
        private Consumer<DashboardAction> audit = action -> {};

        private Builder(JobsView view, Paging paging) {
            this.view = requireNonNull(view, "view must not be null: such as jobs.view()");
            this.paging = requireNonNull(paging, "paging must not be null: it reads limit and cursor");
        }

        /** {@code /admin/jobs} unless set. */
        public Builder at(String mount) {
            if (!mount.matches("(/[A-Za-z0-9._~-]+)+")) {
                throw new IllegalArgumentException(
                        "path must be plain segments such as /admin/jobs, was \"" + mount + "\"");
            }
            this.path = mount;
            return this;
        }

        /** Who may look; nobody may unless this says so. */
        public Builder watch(Access condition) {
            this.watch = requireNonNull(condition, "condition must not be null: such as Access.role(\"support\")");
            return this;
        }

        /** Who may press buttons; without it there are none. */
        public Builder act(Access condition) {
            this.act = requireNonNull(condition, "condition must not be null: such as Access.role(\"admin\")");
            return this;
        }

        /** Shows the schedules of the fleet, and runs those that this instance is deployed with. */
        public Builder schedules(JobSchedules shown) {
            this.schedules = requireNonNull(shown, "schedules must not be null: leave them out where there are none");
            return this;
        }

        /** Hears of each action once it is done; where it throws, whoever acted sees that something went wrong. */
        public Builder audit(Consumer<DashboardAction> listener) {
            this.audit = requireNonNull(listener, "audit must not be null: leave it out where nobody listens");
            return this;
        }

        /**
         * The names that browsers know this application by, such as {@code ops.shop.example}. A request that brings no
         * caller is answered under these, under addresses and under {@code localhost} only: where the network is all that
         * lets somebody in, a foreign page whose name has been pointed at us would be let in too.
         */
        public Builder hosts(String... names) {
            List.of(names).forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
            return this;
        }

        /**
         * The finished dashboard.
         *
         * @throws IllegalStateException if it was not said who may watch
         */
        public JobsDashboard build() {
            if (watch == null) {
                throw new IllegalStateException("say who may look at the dashboard: watch(Access.role(\"support\"))"
                        + " or watch(Access.privateNetwork())");
            }
            return new JobsDashboard(this, watch);
        }
    }
}
