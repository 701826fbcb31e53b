// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.Objects.requireNonNull;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that were claimed together, and which of them have ended: a row of {@code mb_jobs_claimed}. A job's bit is its place
 * among the ids in ascending order, so that nothing depends on the order in which a database tells rows.
 *
 * @param jobs in the order in which they are to run
 * @param counted whether its jobs may be counted towards a limit, see {@code mb_jobs_running}
 */
record Batch(long id, long owner, List<StoredJob> jobs, BitSet ended, boolean counted) {

    /** The places of jobs. */
    Map<Long, Integer> places() {
        long[] ids = jobs.stream().mapToLong(StoredJob::id).sorted().toArray();
        var places = new HashMap<Long, Integer>();
        for (int place = 0; place < ids.length; place++) {
            places.put(ids[place], place);
        }
        return places;
    }

    boolean whole() {
        return ended.cardinality() == jobs.size();
    }

    /** Whether any of its jobs has something to settle. */
    boolean anyTied() {
        return jobs.stream().anyMatch(StoredJob::tied);
    }

    /** The same with more that have ended. */
    Batch with(Collection<Long> endedToo) {
        var all = (BitSet) ended.clone();
        Map<Long, Integer> places = places();
        endedToo.forEach(job -> {
            Integer place = places.get(job);
            if (place != null) {
                all.set(place);
            }
        });
        return new Batch(id, owner, jobs, all, counted);
    }

    /** What has not ended. */
    List<StoredJob> left() {
        Map<Long, Integer> places = places();
        return jobs.stream()
                .filter(job -> !ended.get(requireNonNull(places.get(job.id()))))
                .toList();
    }

    static BitSet bits(byte @Nullable [] stored) {
        return stored == null ? new BitSet() : BitSet.valueOf(stored);
    }
}
