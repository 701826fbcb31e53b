// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import dev.mobilebackend.core.ambient.Ambient;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The statuses of an {@link InMemoryJobStore}, under its lock. */
final class InMemoryJobStatuses implements JobStatuses {

    private final InMemoryJobStore store;
    private final Map<Long, Kept> byJob = new TreeMap<>();

    /** What is known of a job. */
    private record Kept(
            String owner,
            long claim,
            JobStatus.State state,
            JobStatus told,
            @Nullable Instant endedAt) {

        JobStatus status() {
            boolean done = state == JobStatus.State.DONE;
            return new JobStatus(
                    told.id(), told.kind(), state, told.progress(), told.note(), done ? told.result() : null);
        }
    }

    InMemoryJobStatuses(InMemoryJobStore store) {
        this.store = store;
    }

    void add(InMemoryJobStore.Row row) {
        String owner = row.job.ties().owner();
        if (owner != null) {
            byte[] id = new byte[16];
            Ambient.random().nextBytes(id);
            var told = new JobStatus(
                    HexFormat.of().formatHex(id), row.job.kind(), JobStatus.State.WAITING, null, null, null);
            byJob.put(row.id, new Kept(owner, 0, JobStatus.State.WAITING, told, null));
        }
    }

    boolean report(Claim claim, JobReport report) {
        Kept kept = byJob.get(claim.job());
        if (kept == null || kept.endedAt != null || (claim.batch() != 0 && kept.claim > claim.batch())) {
            return false;
        }
        JobStatus before = kept.told;
        var told = new JobStatus(
                before.id(),
                before.kind(),
                JobStatus.State.RUNNING,
                report.progress() == null ? before.progress() : report.progress(),
                report.note() == null ? before.note() : report.note(),
                report.result() == null ? before.result() : report.result());
        byJob.put(
                claim.job(),
                new Kept(kept.owner, Math.max(kept.claim, claim.batch()), JobStatus.State.RUNNING, told, null));
        return true;
    }

    void end(long job, JobStatus.State how) {
        byJob.computeIfPresent(job, (id, kept) -> new Kept(kept.owner, kept.claim, how, kept.told, store.now()));
    }

    void waits(long job) {
        byJob.computeIfPresent(job, (id, kept) -> {
            var told = new JobStatus(kept.told.id(), kept.told.kind(), JobStatus.State.WAITING, null, null, null);
            return new Kept(kept.owner, kept.claim, JobStatus.State.WAITING, told, null);
        });
    }

    @Override
    public String idOf(long job) {
        return store.locked(() -> {
            Kept kept = byJob.get(job);
            if (kept == null) {
                throw new IllegalArgumentException("job " + job
                        + " is not tracked, or its status was purged: enqueue it with NewJob.tracked(owner)");
            }
            return kept.told.id();
        });
    }

    @Override
    public Optional<JobStatus> find(String owner, String id) {
        return store.locked(() -> byJob.values().stream()
                .filter(kept -> kept.owner.equals(owner) && kept.told.id().equals(id))
                .map(Kept::status)
                .findFirst());
    }

    @Override
    public Cancellation cancel(String owner, String id) {
        List<Long> owned = store.locked(() -> byJob.entrySet().stream()
                .filter(kept -> kept.getValue().owner.equals(owner)
                        && kept.getValue().told.id().equals(id))
                .map(Map.Entry::getKey)
                .toList());
        return owned.isEmpty() ? Cancellation.NOT_FOUND : store.cancel(owned.get(0));
    }

    @Override
    public int forget(String owner) {
        return store.locked(() -> {
            int before = byJob.size();
            byJob.values().removeIf(kept -> kept.owner.equals(owner));
            return before - byJob.size();
        });
    }

    @Override
    public int purge(Duration age, int atMost) {
        return store.locked(() -> {
            Instant until = store.now().minus(age);
            List<Long> old = byJob.entrySet().stream()
                    .filter(kept -> kept.getValue().endedAt != null
                            && !kept.getValue().endedAt.isAfter(until))
                    .map(Map.Entry::getKey)
                    .limit(atMost)
                    .toList();
            old.forEach(byJob::remove);
            return old.size();
        });
    }
}
