// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Jobs enqueued a second on a PostgreSQL that keeps every commit: one a commit by eight threads, with the wake-up that
 * follows it, beside plain INSERTs of the same row on the same pool; and a thousand at once, beside the batches of the
 * other libraries. Nobody runs the jobs meanwhile.
 */
final class EnqueueBenchmark {

    private static final int THREADS = 8;
    private static final int BATCH = 1_000;
    private static final String PLAIN = "plain INSERT";

    /** Enqueues one job or one batch, numbered from that on. */
    private interface Enqueue {
        void once(long number) throws SQLException;
    }

    private final Run run;
    private final JobsDatabase place;
    private final List<Contender> libraries;
    private final Duration round;
    private final AtomicLong numbers = new AtomicLong();

    private EnqueueBenchmark(Run run, JobsDatabase place) throws SQLException {
        this.run = run;
        this.place = place;
        this.libraries = List.of(OurJobs.plain(place), DbScheduler.postgresql(place), new JobRunrJobs(place));
        this.round = run.quick() ? Duration.ofMillis(500) : Duration.ofSeconds(3);
    }

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(20));
        run.say("starting PostgreSQL");
        try (TestDatabase opened = TestDatabase.durablePostgres();
                JobsDatabase place = JobsDatabase.of(opened)) {
            run.say(place.durability());
            new EnqueueBenchmark(run, place).measure();
        }
    }

    private void measure() throws Exception {
        var singles = new LinkedHashMap<String, Enqueue>();
        var batches = new LinkedHashMap<String, Enqueue>();
        for (Contender each : libraries) {
            singles.put(each.toString(), each::enqueue);
            batches.put(each.toString(), number -> each.enqueueAll(number, BATCH));
        }
        singles.put(PLAIN, this::insert);
        run.say("one at a time, " + THREADS + " threads");
        Rounds<String> single = play(singles, THREADS, 1);
        run.say("batches of " + BATCH + ", 1 thread");
        Rounds<String> batch = play(batches, 1, BATCH);
        var rows = new ArrayList<List<String>>();
        for (String each : singles.keySet()) {
            rows.add(List.of(
                    each,
                    Rounds.whole(single.median(each)),
                    Rounds.times(single.ratio(OurJobs.PLAIN, each)),
                    batches.containsKey(each) ? Rounds.whole(batch.median(each)) : "",
                    batches.containsKey(each) ? Rounds.times(batch.ratio(OurJobs.PLAIN, each)) : ""));
        }
        run.table(
                List.of(
                        "jobs/s, median",
                        "single, " + THREADS + " threads",
                        "ours is x",
                        "batch of " + BATCH,
                        "ours is x"),
                rows);
        run.found(Figure.atLeast("jobs-enqueue", 100 * single.ratio(OurJobs.PLAIN, PLAIN), "% of plain INSERTs", 90));
        run.found(Figure.atLeast(
                "jobs-enqueue-batch", batch.ratio(OurJobs.PLAIN, "db-scheduler"), "x the batch of db-scheduler", 3));
    }

    private Rounds<String> play(Map<String, Enqueue> ways, int threads, int jobsEach) throws Exception {
        return Rounds.play(run, List.copyOf(ways.keySet()), run.quick() ? 2 : 9, way -> {
            double perSecond = jobsEach * timesPerSecond(Objects.requireNonNull(ways.get(way)), threads);
            clear();
            return perSecond;
        });
    }

    private double timesPerSecond(Enqueue way, int threads) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads, Ambient.threads("enqueue"));
        long start = System.nanoTime();
        var running = new ArrayList<Future<Integer>>();
        for (int i = 0; i < threads; i++) {
            running.add(pool.submit(() -> times(way, start + round.toNanos())));
        }
        pool.shutdown();
        int times = 0;
        for (Future<Integer> each : running) {
            try {
                times += each.get();
            } catch (ExecutionException failed) {
                throw new SQLException("enqueuing broke off", failed.getCause());
            }
        }
        return times / ((System.nanoTime() - start) / 1e9);
    }

    private int times(Enqueue way, long end) throws SQLException {
        int times = 0;
        while (System.nanoTime() - end < 0) {
            way.once(numbers.getAndAdd(BATCH));
            times++;
        }
        return times;
    }

    private void clear() throws SQLException {
        for (Contender each : libraries) {
            each.clear();
        }
    }

    /** The row that our own enqueue of a job leaves. */
    private void insert(long number) throws SQLException {
        try (Connection connection = place.pool().getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO mb_jobs_waiting (run_at, priority, queue, kind, payload)"
                                + " VALUES (now(), 20, 'default', 'make-receipt', ?)")) {
            insert.setString(1, "{\"number\":" + number + ",\"order\":\"" + Contender.ORDER + "\"}");
            insert.executeUpdate();
        }
    }
}
