// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that were claimed together, and which of them have ended: a row of {@code mb_jobs_claimed}. A job's bit is its place
 * among the ids in ascending order, so that nothing depends on the order in which a database tells rows. Immutable.
 */
final class Batch {

    private final long id;
    private final long owner;
    private final Jobs jobs;
    private final BitSet ended;
    private final boolean counted;

    /** The jobs with what is asked of them for each that ends, found out once. */
    private static final class Jobs {
        final List<StoredJob> toRun;
        final boolean anyTied;
        final StoredJob[] byId;
        final long[] ids;

        Jobs(List<StoredJob> toRun) {
            this.toRun = List.copyOf(toRun);
            this.anyTied = toRun.stream().anyMatch(StoredJob::tied);
            this.byId = toRun.stream()
                    .sorted(Comparator.comparingLong(StoredJob::id))
                    .toArray(StoredJob[]::new);
            this.ids = new long[byId.length];
            for (int place = 0; place < ids.length; place++) {
                ids[place] = byId[place].id();
            }
        }

        /** Negative if it is none of them. */
        int place(long job) {
            return Arrays.binarySearch(ids, job);
        }
    }

    private Batch(long id, long owner, Jobs jobs, BitSet ended, boolean counted) {
        this.id = id;
        this.owner = owner;
        this.jobs = jobs;
        this.ended = ended;
        this.counted = counted;
    }

    /**
     * One that was claimed just now.
     *
     * @param toRun in the order in which they are to run
     */
    static Batch claimed(long id, long owner, List<StoredJob> toRun) {
        return new Batch(id, owner, new Jobs(toRun), new BitSet(), false);
    }

    /** One as it is stored, whose jobs may be counted towards a limit. */
    static Batch stored(long id, long owner, List<StoredJob> toRun, byte @Nullable [] ended) {
        return new Batch(id, owner, new Jobs(toRun), bits(ended), true);
    }

    long id() {
        return id;
    }

    long owner() {
        return owner;
    }

    /** In the order in which they are to run. */
    List<StoredJob> jobs() {
        return jobs.toRun;
    }

    byte[] ended() {
        return ended.toByteArray();
    }

    /** Whether its jobs may be counted towards a limit, see {@code mb_jobs_running}. */
    boolean counted() {
        return counted;
    }

    Batch withCounted() {
        return new Batch(id, owner, jobs, ended, true);
    }

    boolean whole() {
        return ended.cardinality() == jobs.ids.length;
    }

    /** Whether any of its jobs has something to settle. */
    boolean anyTied() {
        return jobs.anyTied;
    }

    /** One of its jobs, ended or not. */
    Optional<StoredJob> job(long job) {
        int place = jobs.place(job);
        return place < 0 ? Optional.empty() : Optional.of(jobs.byId[place]);
    }

    /** The same with more that have ended. */
    Batch with(Collection<Long> endedToo) {
        var all = (BitSet) ended.clone();
        for (long job : endedToo) {
            int place = jobs.place(job);
            if (place >= 0) {
                all.set(place);
            }
        }
        return new Batch(id, owner, jobs, all, counted);
    }

    boolean isLeft(long job) {
        int place = jobs.place(job);
        return place >= 0 && !ended.get(place);
    }

    /** What has not ended. */
    List<StoredJob> left() {
        return jobs.toRun.stream().filter(job -> isLeft(job.id())).toList();
    }

    static BitSet bits(byte @Nullable [] stored) {
        return stored == null ? new BitSet() : BitSet.valueOf(stored);
    }
}
