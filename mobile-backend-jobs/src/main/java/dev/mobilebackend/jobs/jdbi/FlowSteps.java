// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.flow.Flow;
import dev.mobilebackend.jobs.flow.FlowState;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/** Counts the jobs of flows as they end, and begins the steps that this lets begin. */
record FlowSteps(FlowRows rows, Enqueue enqueue) {

    /** Adds jobs in the handle's transaction and returns their ids in the same order. */
    @FunctionalInterface
    interface Enqueue {
        List<Long> all(Handle handle, List<NewJob> jobs);
    }

    long start(Handle handle, Flow flow) {
        long id = rows.add(handle, flow);
        for (int step = 0; step < flow.steps().size(); step++) {
            Flow.Step added = flow.steps().get(step);
            if (added.after().isEmpty()) {
                addNow(handle, id, step, added.jobs());
            } else {
                rows.addLater(handle, id, step, added.jobs());
            }
        }
        advance(handle, id);
        return id;
    }

    void addNow(Handle handle, long flow, int step, List<NewJob> jobs) {
        begin(handle, rows.addNow(handle, flow, step, jobs));
    }

    /** In the transaction that ends the jobs. */
    void ended(Handle handle, List<Endings.Ended> jobs) {
        Map<Long, List<Endings.Ended>> byPart = jobs.stream()
                .filter(job -> job.extra().step() != null)
                .collect(groupingBy(job -> requireNonNull(job.extra().step()), TreeMap::new, toList()));
        boolean allDone = jobs.stream().allMatch(job -> job.how() == Endings.How.DONE);
        advance(
                handle,
                byPart.entrySet().stream()
                        .map(part -> count(part.getKey(), part.getValue()))
                        .toList(),
                part -> part.left() == 0 || !allDone);
    }

    /** Dead jobs that wait again are dead no more. */
    void replayed(Handle handle, Collection<StoredJob> jobs) {
        var byPart = new TreeMap<Long, Integer>();
        jobs.stream()
                .filter(StoredJob::tied)
                .map(job -> job.readExtra().step())
                .filter(Objects::nonNull)
                .forEach(part -> byPart.merge(part, 1, Integer::sum));
        advance(
                handle,
                byPart.entrySet().stream()
                        .map(part -> new FlowRows.Count(part.getKey(), 0, -part.getValue(), 0))
                        .toList(),
                part -> true);
    }

    private void advance(Handle handle, List<FlowRows.Count> counts, Predicate<FlowRows.Part> touched) {
        if (!counts.isEmpty()) {
            rows.count(handle, counts).stream()
                    .filter(touched)
                    .map(FlowRows.Part::flow)
                    .distinct()
                    .sorted()
                    .forEach(flow -> advance(handle, flow));
        }
    }

    /** Begins what may begin. Those who come for one flow come one after the other. */
    private void advance(Handle handle, long id) {
        FlowRows.Locked flow = rows.lock(handle, id).orElse(null);
        if (flow == null || flow.state() == FlowState.DONE || flow.state() == FlowState.CANCELLED) {
            return;
        }
        Map<Integer, FlowRows.Sum> sums = rows.sums(handle, id);
        boolean failed = sums.values().stream()
                .anyMatch(sum -> sum.jobs().dead() + sum.jobs().cancelled() > 0);
        if (flow.stops() && failed) {
            stop(handle, id, flow);
            return;
        }
        var over = new TreeSet<Integer>();
        for (int step = 0; step < flow.plan().size(); step++) {
            FlowRows.Sum sum = sums.getOrDefault(step, FlowRows.Sum.EMPTY);
            if (!over.containsAll(flow.plan().get(step))) {
                continue;
            }
            if (sum.unbegun()) {
                begin(handle, rows.unbegun(handle, id, step));
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

    private void stop(Handle handle, long id, FlowRows.Locked flow) {
        if (flow.state() == FlowState.RUNNING) {
            rows.state(handle, id, FlowState.STOPPED);
            NewJob told = flow.onFailure();
            if (told != null) {
                enqueue.all(handle, List.of(told));
            }
        }
    }

    private void begin(Handle handle, List<FlowRows.Unbegun> parts) {
        if (parts.isEmpty()) {
            return;
        }
        List<NewJob> jobs = FlowRows.inOrder(parts);
        rows.begun(handle, jobs, enqueue.all(handle, jobs));
    }

    private static FlowRows.Count count(long part, List<Endings.Ended> ended) {
        int done = count(ended, Endings.How.DONE);
        int dead = count(ended, Endings.How.DEAD);
        return new FlowRows.Count(part, done, dead, ended.size() - done - dead);
    }

    private static int count(List<Endings.Ended> jobs, Endings.How how) {
        return (int) jobs.stream().filter(job -> job.how() == how).count();
    }
}
