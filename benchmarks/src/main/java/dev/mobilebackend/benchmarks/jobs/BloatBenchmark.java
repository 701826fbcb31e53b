// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Jobs a second while a transaction keeps an old snapshot, so that PostgreSQL may remove none of the dead rows that the
 * jobs leave behind: a million of them pass, in fifty slices that are enqueued by one commit and then run.
 */
final class BloatBenchmark {

    private static final int TENTHS = 10;
    private static final int SLICES_A_TENTH = 5;

    private final Run run;
    private final JobsDatabase place;
    private final Contender ours;
    private final Drain drain = new Drain();
    private final int slice;
    private long enqueued;

    private BloatBenchmark(Run run, JobsDatabase place, int jobs) {
        this.run = run;
        this.place = place;
        this.ours = OurJobs.plain(place);
        this.slice = Math.max(1, jobs / (TENTHS * SLICES_A_TENTH));
    }

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(30), "--jobs N");
        int jobs = run.number("--jobs", run.quick() ? 50_000 : 1_000_000);
        run.say("starting PostgreSQL");
        try (TestDatabase opened = TestDatabase.durablePostgres();
                JobsDatabase place = JobsDatabase.of(opened)) {
            run.say(place.durability() + ", " + jobs + " jobs");
            var benchmark = new BloatBenchmark(run, place, jobs);
            Contender.Working working = benchmark.ours.start(benchmark.drain);
            try {
                benchmark.measure();
            } finally {
                working.end();
            }
        }
    }

    private void measure() throws SQLException {
        for (int i = 0; i < 2 * SLICES_A_TENTH; i++) {
            slicePerSecond();
        }
        run.say("warmed up; the snapshot is held from now on");
        var rows = new ArrayList<List<String>>();
        var tenths = new ArrayList<Double>();
        try (Connection old = place.pool().getConnection()) {
            hold(old);
            for (int i = 1; i <= TENTHS; i++) {
                var slices = new Samples();
                for (int j = 0; j < SLICES_A_TENTH; j++) {
                    slices.add(slicePerSecond());
                }
                tenths.add(slices.median());
                String size = place.one("SELECT sum(pg_total_relation_size(oid)) / 1000000 FROM pg_class"
                        + " WHERE relname LIKE 'mb!_job%' ESCAPE '!' AND relkind = 'r'");
                rows.add(List.of(
                        Integer.toString(i), Rounds.whole(slices.median()), Rounds.whole(Double.parseDouble(size))));
                run.say("tenth " + i + " of " + TENTHS + ": " + Rounds.whole(slices.median()) + " jobs/s, tables of "
                        + Rounds.whole(Double.parseDouble(size)) + " MB");
            }
            old.rollback();
        }
        run.table(List.of("tenth of " + TENTHS * SLICES_A_TENTH * slice + " jobs", "jobs/s, median", "MB"), rows);
        double part = tenths.get(TENTHS - 1) / tenths.get(0);
        run.found(Figure.atLeast("jobs-bloat", 100 * part, "% of the first tenth's jobs/s", 90));
    }

    /** The snapshot is taken by the first statement and kept by the transaction (PostgreSQL 13.2.2). */
    private static void hold(Connection old) throws SQLException {
        old.setAutoCommit(false);
        old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = old.createStatement()) {
            statement.execute("SELECT count(*) FROM mb_jobs_waiting");
        }
    }

    private double slicePerSecond() throws SQLException {
        ours.enqueueAll(enqueued, slice);
        enqueued += slice;
        long start = System.nanoTime();
        return slice / ((drain.await(enqueued) - start) / 1e9);
    }
}
