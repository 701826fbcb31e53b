// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.NewJob;
import dev.mobilebackend.jobs.Unique;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Which job stands for a kind and key: a row of {@code mb_jobs_unique}, whose primary key lets a second one wait for the
 * transaction of the first. The rows of windows stay until somebody takes them over or purges them.
 */
record UniqueJobs(Dialect dialect, SqlTime time) {

    private static final String KEY = " WHERE kind = :kind AND unique_key = :key";

    /**
     * Adds the jobs for which none stands yet; of those among them with the same key, the first.
     *
     * @param insert adds jobs and returns their ids
     * @return for each the id of the one that was added, or that stands
     */
    List<Long> add(Handle handle, List<NewJob> jobs, Function<List<NewJob>, List<Long>> insert) {
        Map<Name, Unique> wanted = new TreeMap<>();
        jobs.stream().filter(UniqueJobs::isUnique).forEach(job -> wanted.putIfAbsent(Name.of(job), unique(job)));
        // In the order of the names, so that two transactions never wait for each other.
        Map<Name, Long> standing = new HashMap<>();
        wanted.forEach((name, unique) -> take(handle, name, unique).ifPresent(id -> standing.put(name, id)));
        Set<Name> free = new HashSet<>(wanted.keySet());
        free.removeAll(standing.keySet());
        Iterator<Long> added = insert.apply(jobs.stream()
                        .filter(job -> !isUnique(job) || free.remove(Name.of(job)))
                        .toList())
                .iterator();
        return jobs.stream()
                .map(job -> isUnique(job)
                        ? standing.computeIfAbsent(Name.of(job), name -> stand(handle, name, unique(job), added.next()))
                        : added.next())
                .toList();
    }

    static boolean isUnique(NewJob job) {
        return job.ties().unique() != null;
    }

    /** What is unique. */
    private record Name(String kind, String key) implements Comparable<Name> {

        static Name of(NewJob job) {
            return new Name(job.kind(), unique(job).key());
        }

        Map<String, ?> values() {
            return Map.of("kind", kind, "key", key);
        }

        @Override
        public int compareTo(Name other) {
            return comparing(Name::kind).thenComparing(Name::key).compare(this, other);
        }
    }

    private static Unique unique(NewJob job) {
        return requireNonNull(job.ties().unique());
    }

    /**
     * Takes the name for a job that is about to be added.
     *
     * @return the job that stands for it already; otherwise {@link #stand} must follow
     */
    private OptionalLong take(Handle handle, Name name, Unique unique) {
        Map<String, ?> key = name.values();
        while (!dialect.insertIfAbsent(
                handle, "INSERT INTO mb_jobs_unique (kind, unique_key, job) VALUES (:kind, :key, 0)", key)) {
            Standing standing = time.bind(handle.createQuery("SELECT job, CASE WHEN stands_until <= " + time.now()
                            + " THEN 1 ELSE 0 END AS is_over FROM mb_jobs_unique" + KEY
                            + (unique.untilClaimed() ? sharedLock() : "")))
                    .bindMap(key)
                    .map((row, context) -> new Standing(row.getLong("job"), row.getInt("is_over") == 1))
                    .findOne()
                    .orElse(null);
            if (standing != null && !standing.over) {
                return OptionalLong.of(standing.job);
            }
            time.bind(handle.createUpdate("DELETE FROM mb_jobs_unique" + KEY + " AND stands_until <= " + time.now()))
                    .bindMap(key)
                    .execute();
        }
        return OptionalLong.empty();
    }

    /** A claim of the job that stands waits for whoever adds nothing for its sake: see {@link #claimed}. */
    private String sharedLock() {
        return dialect == Dialect.POSTGRESQL ? " FOR SHARE" : " FOR UPDATE";
    }

    private record Standing(long job, boolean over) {}

    private long stand(Handle handle, Name name, Unique unique, long job) {
        var update = time.bind(handle.createUpdate("UPDATE mb_jobs_unique SET job = :job, stands_until = "
                + (unique.window() == null ? "NULL" : time.later()) + KEY));
        if (unique.window() != null) {
            update.bind("micros", SqlTime.micros(unique.window()));
        }
        update.bind("job", job).bindMap(name.values()).execute();
        return job;
    }

    /** Jobs that have ended stand for nothing any more. */
    void ended(Handle handle, List<Endings.Ended> jobs) {
        release(
                handle,
                jobs.stream()
                        .filter(ended -> ended.extra().unique() != null)
                        .map(Endings.Ended::job)
                        .toList());
    }

    /**
     * Releases the keys of claimed jobs that stood only while they waited.
     *
     * @return those that must not begin yet: somebody added nothing for their sake and has not committed
     */
    List<StoredJob> claimed(Handle handle, Collection<StoredJob> jobs) {
        List<StoredJob> stood = jobs.stream()
                .filter(StoredJob::tied)
                .filter(job -> Boolean.TRUE.equals(job.readExtra().untilClaimed()))
                .toList();
        var busy = new ArrayList<StoredJob>();
        var free = new ArrayList<StoredJob>();
        for (StoredJob job : stood) {
            boolean held = isHeld(handle, job);
            (held ? busy : free).add(job);
        }
        release(handle, free);
        return busy;
    }

    private boolean isHeld(Handle handle, StoredJob job) {
        String row = "SELECT job FROM mb_jobs_unique" + KEY + " AND job = :job";
        Map<String, ?> values = values(job);
        return handle.createQuery(row + (dialect == Dialect.H2 ? " FOR UPDATE" : " FOR UPDATE SKIP LOCKED"))
                        .bindMap(values)
                        .mapTo(Long.class)
                        .findOne()
                        .isEmpty()
                && handle.createQuery(row)
                        .bindMap(values)
                        .mapTo(Long.class)
                        .findOne()
                        .isPresent();
    }

    private static void release(Handle handle, List<StoredJob> jobs) {
        if (jobs.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("DELETE FROM mb_jobs_unique" + KEY + " AND job = :job");
        jobs.stream()
                .sorted(comparing(StoredJob::kind)
                        .thenComparing(job -> requireNonNull(job.readExtra().unique())))
                .forEach(job -> batch.bindMap(values(job)).add());
        batch.execute();
    }

    private static Map<String, ?> values(StoredJob job) {
        return Map.of("kind", job.kind(), "key", requireNonNull(job.readExtra().unique()), "job", job.id());
    }

    /** Windows that are over. */
    int purge(Database database, int atMost) {
        return atMost <= 0
                ? 0
                : Purge.of("mb_jobs_unique", "stands_until <= " + time.now())
                        .inOrderOf("stands_until")
                        .run(database, time.values(), atMost);
    }
}
