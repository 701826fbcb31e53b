// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.mobilebackend.core.ambient.Ambient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Jobs in this process's memory, gone when it ends: for tests. */
public final class InMemoryJobStore implements JobStore {

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Row> jobs = new TreeMap<>();
    private final Map<Long, Instant> leases = new HashMap<>();
    private final Set<Runnable> listeners = new CopyOnWriteArraySet<>();
    private long lastId;

    public InMemoryJobStore() {
        this(Ambient.clock());
    }

    public InMemoryJobStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public long enqueue(NewJob job) {
        long id = locked(() -> {
            var row =
                    new Row(++lastId, job.kind(), job.payload(), clock.instant().plus(job.delay()));
            jobs.put(row.id, row);
            return row.id;
        });
        if (job.delay().isZero()) {
            listeners.forEach(Runnable::run);
        }
        return id;
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
    public boolean beat(long owner, Duration lease) {
        return locked(() -> leases.replace(owner, clock.instant().plus(lease)) != null);
    }

    @Override
    public List<ClaimedJob> finishAndClaim(long owner, List<JobOutcome> outcomes, int limit) {
        return locked(() -> {
            Instant now = clock.instant();
            outcomes.forEach(outcome -> apply(outcome, now));
            if (!leases.containsKey(owner)) {
                return List.of();
            }
            return in(JobState.WAITING)
                    .filter(row -> !row.runAt.isAfter(now))
                    .sorted(comparing((Row row) -> row.runAt).thenComparingLong(row -> row.id))
                    .limit(limit)
                    .toList()
                    .stream()
                    .map(row -> row.claimFor(owner))
                    .toList();
        });
    }

    @Override
    public List<Claim> claims(long owner) {
        return locked(() -> in(JobState.RUNNING)
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
            orphans.forEach(row -> row.state = JobState.WAITING);
            return orphans.size();
        });
    }

    @Override
    public void leave(long owner) {
        locked(() -> {
            in(JobState.RUNNING).filter(row -> row.owner == owner).forEach(Row::giveBack);
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
        boolean replayed = locked(() -> {
            Row row = jobs.get(job);
            if (row == null || row.state != JobState.DEAD) {
                return false;
            }
            row.state = JobState.WAITING;
            row.attempt = 0;
            row.runAt = clock.instant();
            return true;
        });
        listeners.forEach(Runnable::run);
        return replayed;
    }

    @Override
    public List<JobCount> counts() {
        return locked(() -> jobs.values().stream()
                .collect(groupingBy(
                        row -> row.kind, TreeMap::new, groupingBy(row -> row.state, TreeMap::new, counting())))
                .entrySet()
                .stream()
                .flatMap(kind -> kind.getValue().entrySet().stream()
                        .map(state -> new JobCount(kind.getKey(), state.getKey(), state.getValue())))
                .toList());
    }

    @Override
    public void addListener(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    private void apply(JobOutcome outcome, Instant now) {
        Row row = jobs.get(outcome.claim().job());
        if (row == null || row.state != JobState.RUNNING || !row.claim().equals(outcome.claim())) {
            return;
        }
        if (outcome instanceof JobOutcome.Done) {
            jobs.remove(row.id);
        } else if (outcome instanceof JobOutcome.Retry retry) {
            row.state = JobState.WAITING;
            row.runAt = now.plus(retry.delay());
            row.error = retry.error();
        } else if (outcome instanceof JobOutcome.Dead dead) {
            row.state = JobState.DEAD;
            row.diedAt = now;
            row.error = dead.error();
        } else {
            row.giveBack();
        }
    }

    private Stream<Row> in(JobState state) {
        return jobs.values().stream().filter(row -> row.state == state);
    }

    private <T> T locked(Supplier<T> step) {
        lock.lock();
        try {
            return step.get();
        } finally {
            lock.unlock();
        }
    }

    private static final class Row {
        final long id;
        final String kind;
        final String payload;
        Instant runAt;
        JobState state = JobState.WAITING;
        int attempt;
        long owner;
        String error = "";

        @Nullable
        Instant diedAt;

        Row(long id, String kind, String payload, Instant runAt) {
            this.id = id;
            this.kind = kind;
            this.payload = payload;
            this.runAt = runAt;
        }

        ClaimedJob claimFor(long newOwner) {
            state = JobState.RUNNING;
            owner = newOwner;
            attempt++;
            return new ClaimedJob(claim(), kind, payload);
        }

        void giveBack() {
            state = JobState.WAITING;
            attempt--;
        }

        Claim claim() {
            return new Claim(id, owner, attempt);
        }

        DeadJob dead() {
            return new DeadJob(id, kind, payload, attempt, error, diedAt == null ? runAt : diedAt);
        }
    }
}
