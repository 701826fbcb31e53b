// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.limiter;

import dev.mobilebackend.benchmarks.ChildJvm;
import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import dev.mobilebackend.benchmarks.SamplesOf;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What one decision of the limiter in memory costs beside its peers: 16,384 keys drawn as traffic has them, and one key
 * that all threads want, allowed and refused, on one thread and on two.
 *
 * <p>Each contender has a JVM of its own for each scenario. All get their rounds in turn, and what is compared are
 * figures of one round, so a neighbour that takes the machine for a while disturbs them all.
 */
final class LimiterBenchmark {

    private static final List<String> JVM_OPTIONS = List.of("-Xms256m", "-Xmx256m", "-XX:+UseParallelGC");
    private static final double KEYED_GOAL = 2.5;
    private static final double HOT_GOAL = 1;

    private final Run run;
    private final List<List<String>> rows = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();
    private double mostBytes;

    private LimiterBenchmark(Run run) {
        this.run = run;
    }

    public static void main(String[] arguments) throws IOException {
        var benchmark = new LimiterBenchmark(Run.begin(arguments, Duration.ofMinutes(20)));
        for (Scenario scenario : Scenario.values()) {
            benchmark.measure(scenario);
        }
        benchmark.report();
    }

    private void measure(Scenario scenario) throws IOException {
        int forks = run.quick() ? 1 : 3;
        var costs = List.of(new Costs(1), new Costs(2));
        for (int fork = 1; fork <= forks; fork++) {
            run.say(scenario + ", JVMs " + fork + " of " + forks);
            measure(scenario, costs);
        }
        for (Costs each : costs) {
            rows.addAll(each.rows(scenario));
            figures.add(each.figure(scenario));
            mostBytes = Math.max(mostBytes, each.bytes.of(Contender.OURS).median());
        }
    }

    private void measure(Scenario scenario, List<Costs> costs) throws IOException {
        int rounds = run.quick() ? 3 : 10;
        int decisions = run.quick() ? 200_000 : 1_000_000;
        Map<Contender, ChildJvm> children = new EnumMap<>(Contender.class);
        try {
            for (Contender contender : Contender.values()) {
                ChildJvm child = ChildJvm.start(LimiterWorker.class, contender + " " + scenario, JVM_OPTIONS);
                children.put(contender, child);
                child.read();
                for (Costs each : costs) {
                    child.ask(each.threads + " " + 3 * decisions);
                }
            }
            for (int round = 0; round < rounds; round++) {
                for (Costs each : costs) {
                    for (Map.Entry<Contender, ChildJvm> child : children.entrySet()) {
                        Contender contender = child.getKey();
                        String answer = child.getValue().ask(each.threads + " " + decisions);
                        Used used = Used.parse(answer);
                        used.check(contender, scenario, (long) each.threads * decisions);
                        each.add(contender, used, decisions);
                    }
                }
            }
        } finally {
            children.values().forEach(ChildJvm::close);
        }
    }

    private void report() {
        run.table(
                List.of(
                        "per decision",
                        "threads",
                        "contender",
                        "CPU ns, median",
                        "quarter",
                        "three quarters",
                        "bytes",
                        "x ours"),
                rows);
        figures.forEach(run::found);
        run.found(Figure.atMost("limiter-local-bytes", mostBytes, "bytes per decision", 0));
    }

    /** What a round took: nanoseconds of CPU, bytes allocated and permits. */
    private record Used(long nanos, long bytes, long permits) {

        static Used parse(String line) {
            String[] numbers = line.split(" ", -1);
            return new Used(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
        }

        /** Whoever decides something else than was asked for is not compared. */
        void check(Contender contender, Scenario scenario, long decisions) throws IOException {
            long most = scenario.allowed() ? decisions : 0;
            if (contender != Contender.CLOCK && permits != most) {
                throw new IOException(contender + " gave " + permits + " permits where " + scenario + " has " + most);
            }
        }
    }

    /** What each contender's decisions cost in one scenario on so many threads. */
    private static final class Costs {

        private final int threads;
        private final SamplesOf<Contender> nanos = new SamplesOf<>();
        private final SamplesOf<Contender> bytes = new SamplesOf<>();
        private final SamplesOf<Contender> timesOurs = new SamplesOf<>();
        private final Map<Contender, Double> inThisRound = new EnumMap<>(Contender.class);

        Costs(int threads) {
            this.threads = threads;
        }

        void add(Contender contender, Used used, int decisions) {
            double all = (double) threads * decisions;
            double cost = used.nanos / all;
            nanos.of(contender).add(cost);
            bytes.of(contender).add(used.bytes / all);
            inThisRound.put(contender, cost);
            if (inThisRound.size() == Contender.values().length) {
                double ours = Objects.requireNonNull(inThisRound.get(Contender.OURS), "ours is one of them");
                inThisRound.forEach((each, own) -> timesOurs.of(each).add(own / ours));
                inThisRound.clear();
            }
        }

        List<List<String>> rows(Scenario scenario) {
            var rows = new ArrayList<List<String>>();
            for (Contender contender : Contender.values()) {
                Samples cost = nanos.of(contender);
                rows.add(List.of(
                        scenario.title(),
                        Integer.toString(threads),
                        contender.title(),
                        cell("%.1f", cost.median()),
                        cell("%.1f", cost.quantile(0.25)),
                        cell("%.1f", cost.quantile(0.75)),
                        cell("%.0f", bytes.of(contender).median()),
                        cell("%.2f", timesOurs.of(contender).median())));
            }
            return rows;
        }

        /** How many times our cost the best of the peers has. */
        Figure figure(Scenario scenario) {
            double best = Double.POSITIVE_INFINITY;
            for (Contender contender : Contender.values()) {
                if (contender.isPeer()) {
                    best = Math.min(best, timesOurs.of(contender).median());
                }
            }
            String name = "limiter-local-" + scenario.title().replace(", ", "-") + "-" + threads;
            return Figure.atLeast(name, best, "x quicker than the best peer", scenario.keyed() ? KEYED_GOAL : HOT_GOAL);
        }

        private static String cell(String format, double value) {
            return String.format(Locale.ROOT, format, value);
        }
    }
}
