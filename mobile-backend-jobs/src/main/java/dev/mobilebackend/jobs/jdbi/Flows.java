// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.stream.Collectors.groupingBy;

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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;

/**
 * Flows in the application's own database. A job is counted in the transaction that ends it, and the one that ends the
 * last of a step enqueues the next: however often processes die, each step begins once. Start at {@link #start}; made by
 * {@link JdbiJobStore#flows}. Thread safe.
 */
public final class Flows {

    private final Database database;
    private final FlowRows rows;
    private final BiFunction<Handle, List<NewJob>, List<Long>> enqueue;
    private final SqlTime time;
    private final BiFunction<Handle, Claim, Optional<StoredJob>> find;
    private final Purge ended;
    private final Purge parts;

    /** How a waiting job is taken away. */
    private final Endings endings;

    Flows(
            Database database,
            SqlTime time,
            PayloadSeal seal,
            Endings endings,
            BiFunction<Handle, List<NewJob>, List<Long>> enqueue,
            BiFunction<Handle, Claim, Optional<StoredJob>> find) {
        this.database = database;
        this.rows = new FlowRows(time, seal);
        this.time = time;
        this.endings = endings;
        this.enqueue = enqueue;
        this.find = find;
        this.ended = Purge.of("mb_jobs_flow", "ended_at < " + time.later()).inOrderOf("ended_at");
        this.parts = Purge.of(
                        "mb_jobs_flow_step",
                        "NOT EXISTS (SELECT 1 FROM mb_jobs_flow f WHERE f.id = mb_jobs_flow_step.flow)")
                .inOrderOf("flow");
    }

    /** Starts a flow in the handle's transaction and returns its id: if that rolls back, the flow never was. */
    public long start(Handle handle, Flow flow) {
        return handle.isInTransaction() ? begin(handle, flow) : handle.inTransaction(same -> begin(same, flow));
    }

    /** Starts a flow in a transaction of its own. */
    public long start(Flow flow) {
        return database.inTransaction(handle -> begin(handle, flow));
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
        enqueueParts(handle, rows.addParts(handle, own.flow(), own.step(), more));
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
        return database.withHandle(
                handle -> rows.named(handle, name).flatMap(id -> rows.status(handle, id)));
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
            database.useTransaction(handle -> takeAway(handle, rows.waiting(handle, id)));
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
        return Math.max(ended.run(database, Map.copyOf(values), atMost), parts.run(database, Map.of(), atMost));
    }

    /** Counts jobs that have ended, in the transaction that ends them. */
    void ended(Handle handle, List<Endings.Ended> jobs) {
        Map<Long, List<Endings.Ended>> byPart = jobs.stream()
                .filter(job -> job.extra().step() != null)
                .collect(groupingBy(job -> Objects.requireNonNull(job.extra().step()), TreeMap::new, toListOf()));
        var touched = new TreeSet<Long>();
        byPart.forEach((part, ended) -> {
            int done = count(ended, Endings.How.DONE);
            int dead = count(ended, Endings.How.DEAD);
            rows.count(handle, part, done, dead, ended.size() - done - dead)
                    .filter(counted -> counted.left() <= 0 || done < ended.size())
                    .ifPresent(counted -> touched.add(counted.flow()));
        });
        touched.forEach(flow -> advance(handle, flow));
    }

    /** Dead jobs that wait again have not ended any more. */
    void replayed(Handle handle, Collection<StoredJob> jobs) {
        var byPart = new TreeMap<Long, Integer>();
        jobs.stream()
                .filter(StoredJob::tied)
                .map(job -> job.readExtra().step())
                .filter(Objects::nonNull)
                .forEach(part -> byPart.merge(part, 1, Integer::sum));
        var touched = new TreeSet<Long>();
        byPart.forEach((part, count) ->
                rows.count(handle, part, 0, -count, 0).ifPresent(counted -> touched.add(counted.flow())));
        touched.forEach(flow -> advance(handle, flow));
    }

    private long begin(Handle handle, Flow flow) {
        long id = rows.add(handle, flow);
        for (int step = 0; step < flow.steps().size(); step++) {
            rows.addParts(handle, id, step, flow.steps().get(step).jobs());
        }
        advance(handle, id);
        return id;
    }

    /** Begins what may begin: of those who call it for a flow, each sees what the one before has committed. */
    private void advance(Handle handle, long id) {
        FlowRows.Locked flow = rows.lock(handle, id).orElse(null);
        if (flow == null || flow.state() == FlowState.DONE || flow.state() == FlowState.CANCELLED) {
            return;
        }
        Map<Integer, FlowRows.Sum> sums = rows.sums(handle, id);
        boolean failed = sums.values().stream()
                .anyMatch(sum -> sum.jobs().dead() + sum.jobs().cancelled() > 0);
        if (flow.stops() && failed) {
            if (flow.state() == FlowState.RUNNING) {
                rows.state(handle, id, FlowState.STOPPED);
                if (flow.onFailure() != null) {
                    enqueue.apply(handle, List.of(flow.onFailure()));
                }
            }
            return;
        }
        var over = new TreeSet<Integer>();
        for (int step = 0; step < flow.plan().size(); step++) {
            FlowRows.Sum sum = sums.getOrDefault(step, FlowRows.Sum.EMPTY);
            if (!over.containsAll(flow.plan().get(step))) {
                continue;
            }
            if (sum.unbegun()) {
                enqueueParts(handle, rows.unbegun(handle, id, step));
            } else if (sum.jobs().left() == 0) {
                over.add(step);
            }
        }
        if (over.size() == flow.plan().size()) {
            rows.state(handle, id, FlowState.DONE);
        } else if (flow.state() == FlowState.STOPPED) {
            rows.state(handle, id, FlowState.RUNNING);
        }
    }

    private void enqueueParts(Handle handle, List<FlowRows.Unbegun> parts) {
        var jobs = new ArrayList<NewJob>();
        parts.forEach(part -> part.jobs().forEach(job -> jobs.add(job.step(part.part()))));
        rows.begun(handle, parts, enqueue.apply(handle, jobs));
    }

    private void takeAway(Handle handle, List<StoredJob> waiting) {
        var gone = waiting.stream()
                .filter(job -> handle.createUpdate("DELETE FROM mb_jobs_waiting WHERE id = :id")
                                .bind("id", job.id())
                                .execute()
                        == 1)
                .toList();
        endings.settle(handle, gone, Endings.How.CANCELLED);
    }

    private static int count(List<Endings.Ended> jobs, Endings.How how) {
        return (int) jobs.stream().filter(job -> job.how() == how).count();
    }

    private static <T> java.util.stream.Collector<T, ?, List<T>> toListOf() {
        return java.util.stream.Collectors.toList();
    }
}
