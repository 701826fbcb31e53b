// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.JobTies;
import dev.mobilebackend.jobs.QueueLimits;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs may be claimed where keys take turns and where limits hold. Whoever claims under a limit locks the row of the
 * queue in {@code mb_jobs_turn} first, so that what it counts stays true; rows of {@code mb_jobs_running} go with their
 * claim, so that nothing has to count down when a process dies.
 */
final class Lanes {

    private static final String SHARED = "k:";
    private static final String ORDERED = "o:";

    /** Keys that one claim looks at: many may have nothing that is due. The next claim goes on from there. */
    private static final int LOOKED_AT = 1_000;

    private final Dialect dialect;
    private final SqlTime time;
    private final Claiming claiming;

    /** The last key that had a turn, by queue. */
    private final Map<String, String> last = new ConcurrentHashMap<>();

    Lanes(Dialect dialect, SqlTime time, Claiming claiming) {
        this.dialect = dialect;
        this.time = time;
        this.claiming = claiming;
    }

    static @Nullable String key(JobTies ties) {
        return ties.key() == null ? null : (ties.inOrder() ? ORDERED : SHARED) + ties.key();
    }

    static boolean inOrder(String key) {
        return key.startsWith(ORDERED);
    }

    /** The first of each, then the second of each, and so on. */
    static List<StoredJob> inTurns(List<List<StoredJob>> byKey, int limit) {
        var all = new ArrayList<StoredJob>();
        for (int turn = 0; all.size() < limit; turn++) {
            int before = all.size();
            for (List<StoredJob> jobs : byKey) {
                if (turn < jobs.size() && all.size() < limit) {
                    all.add(jobs.get(turn));
                }
            }
            if (all.size() == before) {
                return all;
            }
        }
        return all;
    }

    /**
     * Jobs that were taken.
     *
     * @param keyed whether any job with a key waits or was taken
     * @param limited whether the rate may have kept some back
     */
    record Taken(List<StoredJob> jobs, boolean keyed, boolean limited) {}

    Taken take(Handle handle, long owner, String queue, int limit, QueueLimits limits) throws SQLException {
        if (!limits.none()) {
            lock(handle, queue);
        }
        int free = isMember(handle, owner) ? Math.min(limit, free(handle, queue, limits)) : 0;
        var turns = new Turns(handle, owner, queue, limits, free);
        if (free > 0) {
            turns.goRound();
        }
        return new Taken(turns.jobs, turns.keyed, limits.rated() && free < limit);
    }

    private static boolean isMember(Handle handle, long owner) {
        return handle.createQuery("SELECT count(*) FROM mb_job_worker WHERE id = :owner")
                        .bind("owner", owner)
                        .mapTo(Integer.class)
                        .one()
                == 1;
    }

    /** Notes which jobs of a new claim count, and what began for the rate. */
    Batch note(Handle handle, Batch batch, String queue, QueueLimits limits) {
        PreparedBatch rows = handle.prepareBatch("INSERT INTO mb_jobs_running (claim, job, queue, partition_key)"
                + " VALUES (:claim, :job, :queue, :key)");
        for (StoredJob job : batch.jobs()) {
            String key = job.partitionKey();
            boolean counts = limits.running() != QueueLimits.NONE.running()
                    || (key != null && (inOrder(key) || limits.perKey() != QueueLimits.NONE.perKey()));
            if (counts) {
                rows.bind("claim", batch.id())
                        .bind("job", job.id())
                        .bind("queue", queue)
                        .bind("key", key == null ? "" : key)
                        .add();
            }
        }
        if (limits.rated()) {
            Starts starts = starts(handle, queue, limits);
            handle.createUpdate("UPDATE mb_jobs_turn SET starts = :starts WHERE queue = :queue")
                    .bind("starts", starts.and(batch.jobs().size()))
                    .bind("queue", queue)
                    .execute();
        }
        if (rows.size() == 0) {
            return batch;
        }
        rows.execute();
        return batch.withCounted();
    }

    /** Jobs of a claim that goes on count no more. */
    static void release(Handle handle, long claim, Collection<Long> jobs) {
        handle.createUpdate("DELETE FROM mb_jobs_running WHERE claim = :claim AND job IN (<jobs>)")
                .bind("claim", claim)
                .bindList("jobs", List.copyOf(jobs))
                .execute();
    }

    private void lock(Handle handle, String queue) {
        while (handle.createQuery("SELECT queue FROM mb_jobs_turn WHERE queue = :queue FOR UPDATE")
                .bind("queue", queue)
                .mapTo(String.class)
                .findOne()
                .isEmpty()) {
            dialect.insertIfAbsent(handle, "INSERT INTO mb_jobs_turn (queue) VALUES (:queue)", Map.of("queue", queue));
        }
    }

    private int free(Handle handle, String queue, QueueLimits limits) {
        int free = Integer.MAX_VALUE;
        if (limits.running() != QueueLimits.NONE.running()) {
            free = limits.running()
                    - handle.createQuery("SELECT count(*) FROM mb_jobs_running WHERE queue = :queue")
                            .bind("queue", queue)
                            .mapTo(Integer.class)
                            .one();
        }
        if (limits.rated()) {
            free = Math.min(
                    free, limits.starts() - starts(handle, queue, limits).number());
        }
        return Math.max(0, free);
    }

    private Starts starts(Handle handle, String queue, QueueLimits limits) {
        return time.bind(handle.createQuery(
                        "SELECT starts, " + time.now() + " AS moment FROM mb_jobs_turn WHERE queue = :queue"))
                .bind("queue", queue)
                .map((row, context) -> Starts.read(
                        row.getString("starts"),
                        ChronoUnit.MICROS.between(
                                Instant.EPOCH,
                                row.getObject("moment", OffsetDateTime.class).toInstant()),
                        limits.window()))
                .one();
    }

    /** How many jobs of each key count, by key. */
    private static Map<String, Integer> running(Handle handle, String queue) {
        var running = new HashMap<String, Integer>();
        handle.createQuery("SELECT partition_key, count(*) AS jobs FROM mb_jobs_running"
                        + " WHERE queue = :queue GROUP BY partition_key")
                .bind("queue", queue)
                .map((row, context) -> running.put(row.getString("partition_key"), row.getInt("jobs")))
                .list();
        return running;
    }

    /** One claim's way from key to key. */
    private final class Turns {
        final Handle handle;
        final long owner;
        final String queue;
        final QueueLimits limits;
        final int limit;
        final List<StoredJob> jobs = new ArrayList<>();
        final Map<String, Integer> running = new HashMap<>();
        boolean keyed;
        boolean locked;

        Turns(Handle handle, long owner, String queue, QueueLimits limits, int limit) {
            this.handle = handle;
            this.owner = owner;
            this.queue = queue;
            this.limits = limits;
            this.limit = limit;
        }

        /** From the key after the last one's round to that one again; jobs without a key come once as if they had one. */
        void goRound() throws SQLException {
            String start = last.getOrDefault(queue, "");
            String from = start;
            boolean wrapped = false;
            int wanted = Math.min(limit, LOOKED_AT);
            int looked = 0;
            var more = new ArrayList<String>();
            while (left() > 0 && looked < LOOKED_AT) {
                List<String> found = claiming.keys(handle, queue, from, wanted);
                List<String> keys = wrapped
                        ? found.stream()
                                .filter(key -> key.compareTo(start) <= 0)
                                .toList()
                        : found;
                if (looked == 0) {
                    jobs.addAll(claiming.take(handle, owner, queue, share(keys.size() + 1)));
                }
                more.addAll(giveTurns(keys));
                looked += Math.max(1, keys.size());
                if (!keys.isEmpty()) {
                    from = keys.get(keys.size() - 1);
                }
                if (found.size() < wanted || keys.size() < found.size()) {
                    if (wrapped || start.isEmpty()) {
                        break;
                    }
                    wrapped = true;
                    from = "";
                }
                wanted = Math.min(2 * wanted, LOOKED_AT);
            }
            fill(more);
        }

        /** What is left goes to those that have more. */
        private void fill(List<String> more) throws SQLException {
            List<String> hungry = more;
            while (left() > 0 && !hungry.isEmpty()) {
                hungry = giveTurns(hungry);
            }
            if (left() > 0) {
                jobs.addAll(claiming.take(handle, owner, queue, left()));
            }
        }

        /** Those that may have more are returned. */
        private List<String> giveTurns(List<String> keys) throws SQLException {
            if (keys.isEmpty() || left() == 0) {
                return List.of();
            }
            keyed = true;
            prepare(keys);
            var most = new LinkedHashMap<String, Integer>();
            for (String key : keys) {
                int allowed = (inOrder(key) ? 1 : limits.perKey()) - running.getOrDefault(key, 0);
                if (allowed > 0) {
                    most.put(key, Math.min(allowed, share(keys.size())));
                }
            }
            if (most.isEmpty()) {
                return List.of();
            }
            var given = new HashMap<String, Integer>();
            for (StoredJob job : claiming.takeKeyed(handle, queue, most, left())) {
                jobs.add(job);
                given.merge(requireNonNull(job.partitionKey()), 1, Integer::sum);
            }
            given.forEach((key, number) -> running.merge(key, number, Integer::sum));
            keys.stream()
                    .filter(key -> left() > 0 || given.containsKey(key))
                    .reduce((one, later) -> later)
                    .ifPresent(key -> last.put(queue, key));
            return keys.stream()
                    .filter(key -> given.containsKey(key) && given.get(key).equals(most.get(key)))
                    .toList();
        }

        /** Jobs in order count what runs, so nobody else may claim beside. */
        private void prepare(List<String> keys) {
            if (locked) {
                return;
            }
            boolean ordered = keys.stream().anyMatch(Lanes::inOrder);
            if (ordered && limits.none()) {
                lock(handle, queue);
            }
            if (ordered || !limits.none()) {
                locked = true;
                running.putAll(running(handle, queue));
            }
        }

        private int left() {
            return limit - jobs.size();
        }

        private int share(int keys) {
            return (left() + keys - 1) / keys;
        }
    }
}
