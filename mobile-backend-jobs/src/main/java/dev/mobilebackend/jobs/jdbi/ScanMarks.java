// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.jobs.JobPriority;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Where the scan for due jobs begins: after the last job that was claimed, for each queue and priority. While somebody
 * keeps an old snapshot open, PostgreSQL can't remove the index entries of claimed jobs, and a scan from the start would
 * read all of them each time. What becomes due before a mark (committed late, retried, returned) is found by scans from
 * the start, which are made so often that they take a twentieth of the time: at once while they are quick.
 */
final class ScanMarks {

    private static final Mark START = new Mark("-infinity", 0);
    private static final int SHARE = 20;

    private final LongSupplier ticks;
    private final Map<String, Place> places = new ConcurrentHashMap<>();

    /** Just after a job. */
    record Mark(String runAt, long id) {}

    /** Where a queue's claimers stand. */
    private static final class Place {
        final Map<JobPriority, Mark> marks = new EnumMap<>(JobPriority.class);
        long nextWhole;
        long puts;
    }

    /** One look at a queue. */
    final class Scan {
        private final Place place;
        private final Map<JobPriority, Mark> from;
        private final boolean whole;
        private final long begun;
        private final long puts;

        private Scan(Place place, boolean whole) {
            this.place = place;
            this.whole = whole;
            this.from = whole ? Map.of() : new EnumMap<>(place.marks);
            this.begun = ticks.getAsLong();
            this.puts = place.puts;
        }

        Mark from(JobPriority priority) {
            return from.getOrDefault(priority, START);
        }
    }

    ScanMarks(LongSupplier ticks) {
        this.ticks = ticks;
    }

    Scan begin(String queue) {
        Place place = places.computeIfAbsent(queue, name -> {
            var first = new Place();
            first.nextWhole = ticks.getAsLong();
            return first;
        });
        synchronized (place) {
            boolean mayBeWhole = ticks.getAsLong() - place.nextWhole >= 0;
            return new Scan(place, place.marks.isEmpty() || mayBeWhole);
        }
    }

    /** Something was put back that may be due before the marks: the next scan is from the start. */
    void putBack(String queue) {
        Place place = places.get(queue);
        if (place != null) {
            synchronized (place) {
                place.marks.clear();
                place.puts++;
            }
        }
    }

    void end(Scan scan, List<StoredJob> found) {
        long now = ticks.getAsLong();
        Place place = scan.place;
        synchronized (place) {
            if (scan.puts == place.puts) {
                for (StoredJob job : found) {
                    place.marks.put(priority(job), new Mark(job.runAt(), job.id()));
                }
            }
            if (scan.whole) {
                place.nextWhole = now + SHARE * (now - scan.begun);
            }
        }
    }

    private static JobPriority priority(StoredJob job) {
        for (JobPriority priority : JobPriority.values()) {
            if (priority.code() == job.priority()) {
                return priority;
            }
        }
        return JobPriority.LOW;
    }
}
