// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.JobContext;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.flow.Flow;
import dev.mobilebackend.jobs.flow.FlowState;
import dev.mobilebackend.jobs.flow.FlowStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Flows in the application's own database. A job is counted in the transaction that ends it, and the one that ends the
 * last of a step enqueues the next: however often processes die, each step begins once. Start at {@link #start}; made by
 * {@link JdbiJobStore#flows}. Thread safe.
 */
public final class Flows {

    private final Database database;
    private final SqlTime time;
    private final FlowRows rows;
    private final FlowSteps steps;
    private final Endings endings;
    private final BiFunction<Handle, Claim, Optional<StoredJob>> find;
    private final Purge over;
    private final Purge parts;

    /**
     * @param find the job of a claim
     */
    Flows(Database database, FlowSteps steps, Endings endings, BiFunction<Handle, Claim, Optional<StoredJob>> find) {
        this.database = database;
        this.rows = steps.rows();
        this.time = rows.time();
        this.steps = steps;
        this.endings = endings;
        this.find = find;
        this.over = Purge.of("mb_jobs_flow", "ended_at < " + time.later()).inOrderOf("ended_at");
        this.parts = Purge.of(
                        "mb_jobs_flow_step",
                        "NOT EXISTS (SELECT 1 FROM mb_jobs_flow f WHERE f.id = mb_jobs_flow_step.flow)")
                .inOrderOf("flow");
    }

    /** Starts a flow in the handle's transaction and returns its id: if that rolls back, the flow never was. */
    public long start(Handle handle, Flow flow) {
        return handle.isInTransaction()
                ? steps.start(handle, flow)
                : handle.inTransaction(same -> steps.start(same, flow));
    }

    /** Starts a flow in a transaction of its own. */
    public long start(Flow flow) {
        return database.inRetriedTransaction(handle -> steps.start(handle, flow));
    }

    /**
     * Adds jobs to the step of the job that runs, which ends when they have ended too. In the transaction of
     * {@link JdbiJobStore#inTransaction(StepHandler)} they are added exactly once, and otherwise by each run that comes
     * this far. To be called last, since until the commit the jobs beside it cannot end.
     *
     * @throws ClaimLostException if another process has the job
     * @throws IllegalStateException if the job is of no flow
     */
    public void add(Handle handle, JobContext context, Collection<? extends Record> jobs) {
        StoredJob job = find.apply(handle, context.claim()).orElseThrow(() -> new ClaimLostException(context.claim()));
        Long step = job.tied() ? job.readExtra().step() : null;
        if (step == null) {
            throw new IllegalStateException("job " + job.id() + " is of no flow: enqueue what it wants to add");
        }
        FlowRows.Part own = rows.hold(handle, step)
                .filter(part -> part.left() > 0)
                .orElseThrow(() -> new ClaimLostException(context.claim()));
        List<NewJob> more = Flow.first(jobs).steps().get(0).jobs();
        steps.addNow(handle, own.flow(), own.step(), more);
    }

    /** How far the flow of the job that runs is: empty if it is of none, or that is over and purged. */
    public Optional<FlowStatus> of(JobContext context) {
        return database.withHandle(handle -> find.apply(handle, context.claim())
                .filter(StoredJob::tied)
                .map(job -> job.readExtra().step())
                .flatMap(step -> rows.part(handle, step))
                .flatMap(part -> rows.status(handle, part.flow())));
    }

    /** How far a flow is; empty if there is none or it is over and purged. */
    public Optional<FlowStatus> status(long id) {
        return database.withHandle(handle -> rows.status(handle, id));
    }

    /** The newest flow of a name. */
    public Optional<FlowStatus> named(String name) {
        return database.withHandle(handle -> rows.named(handle, name).flatMap(id -> rows.status(handle, id)));
    }

    /**
     * Begins no further step of a flow and takes its waiting jobs away; those that run go on. If this fails halfway, no
     * step begins all the same, and another call does the rest.
     *
     * @return false if there is no such flow, or it is done
     */
    public boolean cancel(long id) {
        boolean cancelled = database.inTransaction(handle -> rows.lock(handle, id)
                .filter(flow -> flow.state() != FlowState.DONE)
                .map(flow -> {
                    if (flow.state() != FlowState.CANCELLED) {
                        rows.state(handle, id, FlowState.CANCELLED);
                    }
                    return true;
                })
                .orElse(false));
        if (cancelled) {
            takeAway(id);
        }
        return cancelled;
    }

    /**
     * Forgets some flows that were done, stopped or cancelled longer ago; to be called from time to time, in no
     * transaction. Dead jobs of theirs stay, and are jobs like any other then.
     *
     * @return how many rows went; if as many as asked for, there may be more
     */
    public int purge(Duration age, int atMost) {
        var values = new HashMap<String, Object>(time.values());
        values.put("micros", -SqlTime.micros(age));
        return Math.max(over.run(database, Map.copyOf(values), atMost), parts.run(database, Map.of(), atMost));
    }

    private void takeAway(long flow) {
        var parts = new HashSet<@Nullable Long>(database.withHandle(handle -> rows.parts(handle, flow)));
        List<StoredJob> page;
        for (long after = 0; ; after = page.get(page.size() - 1).id()) {
            long from = after;
            page = database.withHandle(handle -> rows.waiting(handle, flow, from));
            if (page.isEmpty()) {
                return;
            }
            List<StoredJob> own = page.stream()
                    .filter(job -> parts.contains(job.readExtra().step()))
                    .toList();
            database.useTransaction(handle -> endings.settle(
                    handle,
                    own.stream()
                            .filter(job -> CancelRows.isTaken(handle, job.id()))
                            .toList(),
                    Endings.How.CANCELLED));
        }
    }
}
