// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.Comparator.comparing;

import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.page.PageRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The jobs of a store in memory as an operator sees them. */
final class InMemoryJobsView implements JobsView {

    private static final Comparator<List<Object>> BY_KEY = InMemoryJobsView::compare;

    private final InMemoryJobStore store;
    private final Set<String> paused = new TreeSet<>();
    private final TreeMap<Instant, TreeMap<String, RunTally>> minutes = new TreeMap<>();

    InMemoryJobsView(InMemoryJobStore store) {
        this.store = store;
    }

    Set<String> paused() {
        return Set.copyOf(paused);
    }

    void note(Instant now, List<RunTally> tallies) {
        minutes.headMap(now.minus(KEPT)).clear();
        TreeMap<String, RunTally> minute =
                minutes.computeIfAbsent(now.truncatedTo(ChronoUnit.MINUTES), begun -> new TreeMap<>());
        tallies.forEach(tally -> minute.merge(tally.queue(), tally, RunTally::plus));
    }

    @Override
    public Overview overview() {
        return store.locked(() -> {
            Instant now = store.now();
            var names = new TreeSet<String>(paused);
            store.rows().forEach(row -> names.add(row.job.queue()));
            minutes.tailMap(now.minus(1, ChronoUnit.HOURS), true)
                    .values()
                    .forEach(minute -> names.addAll(minute.keySet()));
            List<Queue> queues = names.stream().map(name -> queue(name, now)).toList();
            return new Overview(now, store.workers(), count(InMemoryJobsView::failedBefore), queues);
        });
    }

    @Override
    public List<Minute> minutes(Duration back) {
        return store.locked(() -> minutes.tailMap(store.now().minus(back), false).entrySet().stream()
                .flatMap(minute -> minute.getValue().values().stream().map(tally -> new Minute(minute.getKey(), tally)))
                .toList());
    }

    @Override
    public Page<Line> waiting(String queue, PageRequest page) {
        return page(
                row -> row.state == JobState.WAITING && row.job.queue().equals(queue),
                row -> List.of((long) row.job.priority().code(), row.runAt, row.id),
                BY_KEY,
                page);
    }

    @Override
    public Page<Line> retrying(PageRequest page) {
        return page(InMemoryJobsView::failedBefore, row -> List.of(row.runAt, row.id), BY_KEY, page);
    }

    @Override
    public Page<Line> running(PageRequest page) {
        return page(row -> row.state == JobState.RUNNING, row -> List.of(row.batch, row.id), BY_KEY, page);
    }

    @Override
    public Page<Line> dead(@Nullable String kind, PageRequest page) {
        return page(
                row -> row.state == JobState.DEAD
                        && (kind == null || row.job.kind().equals(kind)),
                row -> List.of(row.at(), row.id),
                BY_KEY.reversed(),
                page);
    }

    @Override
    public boolean pause(String queue) {
        NewJob.requireName("queue", queue);
        return store.locked(() -> paused.add(queue));
    }

    @Override
    public boolean resume(String queue) {
        return store.locked(() -> paused.remove(queue));
    }

    @Override
    public boolean runNow(long job) {
        String queue = store.locked(() -> store.rows()
                .filter(row -> row.id == job && row.state == JobState.WAITING && row.runAt.isAfter(store.now()))
                .findFirst()
                .map(row -> {
                    row.runAt = store.now();
                    return row.job.queue();
                })
                .orElse(null));
        if (queue == null) {
            return false;
        }
        store.announce(queue);
        return true;
    }

    @Override
    public boolean replay(long job) {
        return store.replay(job);
    }

    @Override
    public int replayAll(String kind, int limit) {
        List<Long> ids = store.locked(
                () -> rows(row -> row.state == JobState.DEAD && row.job.kind().equals(kind))
                        .map(row -> row.id)
                        .limit(limit)
                        .toList());
        return (int) ids.stream().filter(store::replay).count();
    }

    @Override
    public boolean discard(long job) {
        return store.locked(() -> {
            boolean dead = rows(row -> row.id == job && row.state == JobState.DEAD)
                    .findFirst()
                    .isPresent();
            if (dead) {
                store.remove(job);
            }
            return dead;
        });
    }

    private Queue queue(String name, Instant now) {
        Predicate<InMemoryJobStore.Row> here = row -> row.job.queue().equals(name);
        Predicate<InMemoryJobStore.Row> waiting = here.and(row -> row.state == JobState.WAITING);
        Predicate<InMemoryJobStore.Row> due = waiting.and(row -> !row.runAt.isAfter(now));
        return new Queue(
                name,
                paused.contains(name),
                count(waiting),
                count(due),
                count(here.and(row -> row.state == JobState.RUNNING)),
                count(here.and(row -> row.state == JobState.DEAD)),
                rows(due).map(row -> row.runAt).min(Comparator.naturalOrder()).orElse(null));
    }

    private static boolean failedBefore(InMemoryJobStore.Row row) {
        return row.state == JobState.WAITING && !row.error.isEmpty();
    }

    private Stream<InMemoryJobStore.Row> rows(Predicate<InMemoryJobStore.Row> wanted) {
        return store.rows().filter(wanted);
    }

    private Count count(Predicate<InMemoryJobStore.Row> wanted) {
        return Count.of(rows(wanted).count());
    }

    private Page<Line> page(
            Predicate<InMemoryJobStore.Row> wanted,
            Function<InMemoryJobStore.Row, List<Object>> key,
            Comparator<List<Object>> order,
            PageRequest request) {
        return store.locked(() -> {
            List<InMemoryJobStore.Row> rows = rows(wanted)
                    .sorted(comparing(key, order))
                    .filter(row -> request.after().isEmpty() || order.compare(key.apply(row), request.after()) > 0)
                    .limit(request.limit() + 1L)
                    .toList();
            return request.page(rows, key).map(InMemoryJobsView::line);
        });
    }

    private static Line line(InMemoryJobStore.Row row) {
        boolean running = row.state == JobState.RUNNING;
        return new Line(
                row.id,
                row.job.queue(),
                row.job.kind(),
                row.state,
                row.attempt,
                row.at(),
                running ? row.owner : null,
                running || row.error.isEmpty() ? null : row.error);
    }

    /** Of the same types at each place. */
    @SuppressWarnings("unchecked")
    private static int compare(List<Object> one, List<Object> other) {
        for (int place = 0; place < one.size(); place++) {
            int order = ((Comparable<Object>) one.get(place)).compareTo(other.get(place));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
