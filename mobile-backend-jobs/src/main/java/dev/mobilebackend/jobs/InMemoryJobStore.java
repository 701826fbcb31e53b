// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import dev.mobilebackend.core.ambient.Ambient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Jobs in this process's memory, gone when it ends: for tests. */
public final class InMemoryJobStore implements JobStore {

    private static final Comparator<Row> ORDER = comparing((Row row) -> row.job.priority())
            .thenComparing(row -> row.runAt)
            .thenComparingLong(row -> row.id);

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Row> jobs = new TreeMap<>();
    private final Map<Long, Instant> leases = new HashMap<>();
    private final Set<Consumer<String>> listeners = new CopyOnWriteArraySet<>();
    private final Map<List<String>, Standing> stands = new HashMap<>();
    private final Set<Long> cancelled = new HashSet<>();
    private final Map<String, Deque<Instant>> starts = new HashMap<>();
    private final Map<List<String>, Long> lastTurns = new HashMap<>();
    private final InMemoryJobsView view = new InMemoryJobsView(this);
    private final InMemoryJobStatuses statuses = new InMemoryJobStatuses(this);
    private long lastId;

    /** The job that stands for a kind and key. */
    private record Standing(long job, @Nullable Instant until) {}

    public InMemoryJobStore() {
        this(Ambient.clock());
    }

    public InMemoryJobStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public long enqueue(NewJob job) {
        return enqueueAll(List.of(job)).get(0);
    }

    @Override
    public List<Long> enqueueAll(List<NewJob> added) {
        List<Long> ids = locked(() -> added.stream()
                .map(job -> standing(job).orElseGet(() -> add(job)))
                .toList());
        added.stream()
                .filter(job -> job.delay().isZero())
                .map(NewJob::queue)
                .collect(toSet())
                .forEach(this::announce);
        return ids;
    }

    @Override
    public long join(Duration lease) {
        return locked(() -> {
            long owner = ++lastId;
            leases.put(owner, clock.instant().plus(lease));
            return owner;
        });
    }

    @Override
    public Pulse beat(long owner, Duration lease, Set<String> queues) {
        return locked(() -> {
            Instant now = clock.instant();
            boolean alive = leases.replace(owner, now.plus(lease)) != null;
            boolean orphans = leases.values().stream().anyMatch(end -> !end.isAfter(now))
                    || in(JobState.RUNNING).anyMatch(row -> !leases.containsKey(row.owner));
            var due = new HashMap<String, Duration>();
            in(JobState.WAITING)
                    .filter(row -> queues.contains(row.job.queue()))
                    .forEach(row -> due.merge(
                            row.job.queue(),
                            Duration.between(now, row.runAt),
                            (one, other) -> one.compareTo(other) < 0 ? one : other));
            return new Pulse(alive, orphans, due, view.paused(), sweep());
        });
    }

    @Override
    public Claimed finishAndClaim(long owner, List<JobOutcome> outcomes, String queue, int limit, QueueLimits limits) {
        return locked(() -> {
            outcomes.forEach(this::apply);
            return claim(owner, ++lastId, queue, limit, limits);
        });
    }

    @Override
    public int runInClaim(long owner, String queue, int limit, Function<ClaimedJob, JobOutcome> run) {
        List<ClaimedJob> claimed =
                locked(() -> claim(owner, 0, queue, limit, QueueLimits.NONE).jobs());
        var outcomes = new ArrayList<JobOutcome>();
        claimed.forEach(job -> outcomes.add(run.apply(job)));
        locked(() -> {
            outcomes.forEach(this::apply);
            return outcomes;
        });
        return outcomes.size();
    }

    @Override
    public boolean begin(Claim claim) {
        return locked(() -> {
            Row row = held(claim);
            if (row == null) {
                return false;
            }
            row.begun = true;
            return true;
        });
    }

    @Override
    public List<Claim> claims(long owner, String queue) {
        return locked(() -> in(JobState.RUNNING)
                .filter(row -> row.job.queue().equals(queue))
                .map(Row::claim)
                .filter(claim -> claim.owner() == owner)
                .toList());
    }

    @Override
    public int rescue() {
        return locked(() -> {
            Instant now = clock.instant();
            leases.values().removeIf(end -> !end.isAfter(now));
            List<Row> orphans = in(JobState.RUNNING)
                    .filter(row -> !leases.containsKey(row.owner))
                    .toList();
            orphans.forEach(Row::rescue);
            return orphans.size();
        });
    }

    @Override
    public void note(long owner, List<RunTally> tallies) {
        locked(() -> {
            view.note(clock.instant(), tallies);
            return tallies;
        });
    }

    /** What an operator sees of these jobs and does to them. */
    public JobsView view() {
        return view;
    }

    @Override
    public void leave(long owner) {
        locked(() -> {
            in(JobState.RUNNING).filter(row -> row.owner == owner).forEach(row -> {
                row.giveBack();
                row.rescued = true;
            });
            return leases.remove(owner) != null;
        });
    }

    @Override
    public List<DeadJob> dead(int limit) {
        return locked(() -> in(JobState.DEAD)
                .map(Row::dead)
                .sorted(comparing(DeadJob::diedAt)
                        .thenComparingLong(DeadJob::id)
                        .reversed())
                .limit(limit)
                .toList());
    }

    @Override
    public boolean replay(long job) {
        Row replayed = locked(() -> {
            Row row = jobs.get(job);
            if (row == null || row.state != JobState.DEAD) {
                return null;
            }
            cancelled.remove(job);
            statuses.waits(job);
            row.state = JobState.WAITING;
            row.attempt = 0;
            row.rescued = false;
            row.runAt = clock.instant();
            return row;
        });
        if (replayed == null) {
            return false;
        }
        announce(replayed.job.queue());
        return true;
    }

    @Override
    public boolean report(Claim claim, JobReport report) {
        return locked(() -> statuses.report(claim, report));
    }

    @Override
    public JobStatuses statuses() {
        return statuses;
    }

    @Override
    public Cancellation cancel(long job) {
        return locked(() -> {
            Row row = jobs.get(job);
            if (row == null || row.state == JobState.DEAD) {
                return Cancellation.NOT_FOUND;
            }
            if (row.state == JobState.WAITING) {
                end(row, JobStatus.State.CANCELLED);
                return Cancellation.CANCELLED;
            }
            cancelled.add(job);
            return Cancellation.ASKED;
        });
    }

    /** What waits in spite of a wish goes; the wishes that are left are for jobs that run. */
    private Set<Long> sweep() {
        Set.copyOf(cancelled).stream()
                .map(jobs::get)
                .filter(row -> row != null && row.state == JobState.WAITING)
                .forEach(row -> end(row, JobStatus.State.CANCELLED));
        cancelled.retainAll(in(JobState.RUNNING).map(row -> row.id).toList());
        return Set.copyOf(cancelled);
    }

    private void end(Row row, JobStatus.State how) {
        jobs.remove(row.id);
        statuses.end(row.id, how);
        cancelled.remove(row.id);
        standsNoMore(row);
    }

    @Override
    public List<JobCount> counts() {
        return locked(() -> jobs.values().stream()
                .collect(groupingBy(
                        row -> row.job.kind(), TreeMap::new, groupingBy(row -> row.state, TreeMap::new, counting())))
                .entrySet()
                .stream()
                .flatMap(kind -> kind.getValue().entrySet().stream()
                        .map(state -> new JobCount(kind.getKey(), state.getKey(), state.getValue())))
                .toList());
    }

    @Override
    public void addListener(Consumer<String> listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(Consumer<String> listener) {
        listeners.remove(listener);
    }

    Instant now() {
        return clock.instant();
    }

    int workers() {
        return (int) leases.values().stream().filter(end -> end.isAfter(now())).count();
    }

    Stream<Row> rows() {
        return jobs.values().stream();
    }

    void remove(long job) {
        jobs.remove(job);
    }

    void announce(String queue) {
        listeners.forEach(listener -> listener.accept(queue));
    }

    private Optional<Long> standing(NewJob job) {
        Unique unique = job.ties().unique();
        if (unique == null) {
            return Optional.empty();
        }
        Standing standing = stands.get(List.of(job.kind(), unique.key()));
        return standing == null || (standing.until != null && !standing.until.isAfter(clock.instant()))
                ? Optional.empty()
                : Optional.of(standing.job);
    }

    private long add(NewJob job) {
        Instant now = clock.instant();
        var row = new Row(++lastId, job, now.plus(job.delay()));
        jobs.put(row.id, row);
        statuses.add(row);
        Unique unique = job.ties().unique();
        if (unique != null) {
            Instant until = unique.window() == null ? null : now.plus(unique.window());
            stands.put(List.of(job.kind(), unique.key()), new Standing(row.id, until));
        }
        return row.id;
    }

    private void standsNoMore(Row row) {
        stands.values().removeIf(standing -> standing.job == row.id && standing.until == null);
    }

    private Claimed claim(long owner, long batch, String queue, int limit, QueueLimits limits) {
        if (!leases.containsKey(owner)) {
            return Claimed.NONE;
        }
        Instant now = clock.instant();
        Deque<Instant> began = starts.computeIfAbsent(queue, name -> new ArrayDeque<>());
        began.removeIf(start -> !start.isAfter(now.minus(limits.window())));
        long free = Math.min(limit, limits.running() - running(queue).count());
        boolean rated = limits.rated() && limits.starts() - began.size() < free;
        free = Math.min(free, limits.starts() - began.size());
        var claimed = new ArrayList<ClaimedJob>();
        var turns = new HashMap<String, Integer>();
        boolean byTurns = false;
        for (Row row = next(queue, limits, now, turns);
                row != null && claimed.size() < free;
                row = next(queue, limits, now, turns)) {
            byTurns |= row.job.ties().key() != null;
            turns.merge(row.key(), 1, Integer::sum);
            lastTurns.put(List.of(queue, row.key()), batch);
            Unique unique = row.job.ties().unique();
            if (unique != null && unique.untilClaimed()) {
                standsNoMore(row);
            }
            claimed.add(row.claimFor(owner, batch, now));
            began.add(now);
        }
        boolean counted = byTurns || !limits.none();
        return new Claimed(claimed, byTurns, counted, rated ? limits.window().dividedBy(20) : null);
    }

    /** Of the keys that had the fewest turns in this claim, that which had its last the longest ago. */
    private @Nullable Row next(String queue, QueueLimits limits, Instant now, Map<String, Integer> turns) {
        return in(JobState.WAITING)
                .filter(row -> row.job.queue().equals(queue) && !row.runAt.isAfter(now))
                .filter(row -> mayRun(row, limits))
                .min(Comparator.comparing((Row row) -> turns.getOrDefault(row.key(), 0))
                        .thenComparing(row -> lastTurns.getOrDefault(List.of(queue, row.key()), 0L))
                        .thenComparing(ORDER))
                .orElse(null);
    }

    private boolean mayRun(Row row, QueueLimits limits) {
        JobTies ties = row.job.ties();
        if (ties.key() == null) {
            return true;
        }
        Stream<Row> same = jobs.values().stream()
                .filter(other ->
                        other.job.queue().equals(row.job.queue()) && other.key().equals(row.key()));
        if (ties.inOrder()) {
            return same.noneMatch(
                    other -> other.state == JobState.RUNNING || (other.state == JobState.WAITING && other.id < row.id));
        }
        return same.filter(other -> other.state == JobState.RUNNING).count() < limits.perKey();
    }

    private Stream<Row> running(String queue) {
        return in(JobState.RUNNING).filter(row -> row.job.queue().equals(queue));
    }

    private void apply(JobOutcome outcome) {
        Row row = held(outcome.claim());
        if (row == null) {
            return;
        }
        Instant now = clock.instant();
        if (outcome instanceof JobOutcome.Done) {
            end(row, JobStatus.State.DONE);
        } else if (outcome instanceof JobOutcome.Cancelled) {
            end(row, JobStatus.State.CANCELLED);
        } else if (outcome instanceof JobOutcome.Retry retry) {
            row.state = JobState.WAITING;
            row.rescued = false;
            row.runAt = now.plus(retry.delay());
            row.error = retry.error();
        } else if (outcome instanceof JobOutcome.Dead dead) {
            row.state = JobState.DEAD;
            row.diedAt = now;
            row.error = dead.error();
            statuses.end(row.id, JobStatus.State.FAILED);
            standsNoMore(row);
        } else if (outcome instanceof JobOutcome.Snoozed snoozed) {
            row.giveBack();
            row.rescued = false;
            row.runAt = now.plus(snoozed.delay());
        } else {
            row.giveBack();
        }
    }

    private @Nullable Row held(Claim claim) {
        Row row = jobs.get(claim.job());
        return row != null && row.state == JobState.RUNNING && row.claim().equals(claim) ? row : null;
    }

    private Stream<Row> in(JobState state) {
        return jobs.values().stream().filter(row -> row.state == state);
    }

    <T extends @Nullable Object> T locked(Supplier<T> step) {
        lock.lock();
        try {
            return step.get();
        } finally {
            lock.unlock();
        }
    }

    static final class Row {
        final long id;
        final NewJob job;
        Instant runAt;
        JobState state = JobState.WAITING;
        int attempt;
        long owner;
        long batch;
        boolean begun;
        boolean rescued;
        String error = "";

        @Nullable
        Instant diedAt;

        Instant takenAt;

        Row(long id, NewJob job, Instant runAt) {
            this.id = id;
            this.job = job;
            this.runAt = runAt;
            this.takenAt = runAt;
        }

        ClaimedJob claimFor(long newOwner, long newBatch, Instant now) {
            state = JobState.RUNNING;
            owner = newOwner;
            batch = newBatch;
            begun = false;
            takenAt = now;
            attempt++;
            return new ClaimedJob(
                    claim(),
                    job.kind(),
                    job.payload(),
                    rescued,
                    Duration.between(runAt, now),
                    job.ties().owner() != null);
        }

        void giveBack() {
            state = JobState.WAITING;
            attempt--;
        }

        void rescue() {
            state = JobState.WAITING;
            rescued = true;
            if (!begun) {
                attempt--;
            }
        }

        /** What takes turns: jobs without a key do so together. */
        String key() {
            JobTies ties = job.ties();
            return ties.key() == null ? "" : (ties.inOrder() ? "o:" : "k:") + ties.key();
        }

        Claim claim() {
            return new Claim(batch, id, owner, attempt);
        }

        /** When it is due, was taken or died. */
        Instant at() {
            return switch (state) {
                case WAITING -> runAt;
                case RUNNING -> takenAt;
                case DEAD -> dead().diedAt();
            };
        }

        DeadJob dead() {
            return new DeadJob(id, job.kind(), job.payload(), attempt, error, diedAt == null ? runAt : diedAt);
        }
    }
}
