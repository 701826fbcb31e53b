// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import dev.mobilebackend.jobs.Worker;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long jobs of a thousand tenants wait, from just before they are enqueued to the first line of their body, on a
 * PostgreSQL that keeps every commit: with all of them enqueuing one now and then, and with the same while one of them
 * has a hundred thousand waiting. Counted are the others' jobs alone, and those that were enqueued while the flood
 * lasted.
 */
final class FairBenchmark {

    private static final double P99 = 0.99;

    private final Run run;
    private final Tenants tenants;
    private final List<List<String>> rows = new ArrayList<>();

    private FairBenchmark(Run run, Tenants tenants) {
        this.run = run;
        this.tenants = tenants;
    }

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(30), "--seed N");
        int seed = run.number("--seed", 1);
        run.say("starting PostgreSQL; tenants and pauses are drawn from --seed " + seed);
        try (TestDatabase opened = TestDatabase.durablePostgres();
                JobsDatabase place = JobsDatabase.of(opened)) {
            run.say(place.durability());
            var tenants = new Tenants(place.database(), seed);
            try (Worker worker = tenants.worker()) {
                worker.start();
                new FairBenchmark(run, tenants).measure();
            }
        }
    }

    private void measure() throws Exception {
        int rounds = run.quick() ? 1 : 3;
        int flood = run.quick() ? 5_000 : 100_000;
        Duration calm = run.quick() ? Duration.ofSeconds(2) : Duration.ofSeconds(15);
        var ratios = new Samples();
        for (int round = 0; round <= rounds; round++) {
            Samples without = tenants.waits(calm);
            Samples with = tenants.waitsInFlood(flood);
            run.say((round == 0 ? "warming up" : "round " + round + " of " + rounds) + ": p99 "
                    + Rounds.times(without.quantile(P99)) + " ms without the flood, "
                    + Rounds.times(with.quantile(P99)) + " ms with it");
            if (round > 0) {
                ratios.add(with.quantile(P99) / without.quantile(P99));
                row(round + ", without the flood", without);
                row(round + ", with " + flood + " jobs of one", with);
            }
        }
        run.table(List.of("the others' waits, ms", "p50", "p99", "most", "jobs"), rows);
        run.found(Figure.atMost("jobs-fair", ratios.median(), "x the others' p99 wait without the flood", 2));
    }

    private void row(String name, Samples waits) {
        rows.add(List.of(
                name,
                Rounds.times(waits.median()),
                Rounds.times(waits.quantile(P99)),
                Rounds.times(waits.max()),
                Integer.toString(waits.count())));
    }
}
