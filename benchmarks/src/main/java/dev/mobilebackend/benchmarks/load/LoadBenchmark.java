// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.load;

import dev.mobilebackend.benchmarks.ChildJvm;
import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.HttpLoad;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.load.Phones.Result;
import dev.mobilebackend.benchmarks.load.Phones.Tally;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What users get of a server that is asked ten and fifty times more than it can answer: the same servlet on the same
 * Jetty, behind the edge without a load limit and with the standard one, each in a JVM of its own. Users' actions are
 * three tenths of what the server can answer; the rest is background sync. Nobody heeds Retry-After, and everybody
 * gives up after three seconds.
 *
 * <p>The server mostly waits, as for a database, so that its capacity is known and the machine's is not what is
 * measured.
 */
final class LoadBenchmark {

    private static final double USERS = 0.3 * LoadServer.CAPACITY_PER_SECOND;

    private static final List<String> JVM_OPTIONS =
            List.of("-Xms256m", "-Xmx256m", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off");

    private final Run run;
    private final List<List<String>> rows = new ArrayList<>();

    private LoadBenchmark(Run run) {
        this.run = run;
    }

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(5));
        var benchmark = new LoadBenchmark(run);
        StepCost cost = StepCost.measure(run.quick() ? 200_000 : 5_000_000);
        List<Figure> figures = new ArrayList<>();
        for (int times : new int[] {10, 50}) {
            benchmark.measure("open", times);
            Result limited = benchmark.measure("limited", times);
            Tally users = limited.userActions();
            double served = users.answered + limited.background().answered;
            figures.add(Figure.atLeast(
                    "load-users-" + times + "x", 100 * users.answeredPart(), "% of users' actions answered", 99));
            figures.add(Figure.atMost("load-p99-" + times + "x", users.p99(), "ms, p99 of those answered", 2_000));
            figures.add(Figure.atLeast(
                    "load-served-" + times + "x",
                    100 * served / (LoadServer.CAPACITY_PER_SECOND * benchmark.seconds()),
                    "% of what can be answered",
                    80));
        }
        run.table(
                List.of("", "users answered", "p99 ms", "background answered", "refused", "given up", "of capacity"),
                benchmark.rows);
        figures.forEach(run::found);
        run.found(Figure.atMost("load-step-bytes", cost.bytes(), "bytes per request", 1));
        run.found(Figure.atMost("load-step-cpu", cost.nanos(), "ns of CPU per request", 500));
    }

    private double seconds() {
        return run.quick() ? 5 : 30;
    }

    private Result measure(String variant, int times) throws IOException, InterruptedException {
        run.say(times + " times the load, " + variant + ": warming up");
        try (var server = ChildJvm.start(LoadServer.class, variant, JVM_OPTIONS);
                var phones = phones(Integer.parseInt(server.read()))) {
            run.say(times + " times the load, " + variant + ": asking for " + seconds() + " s");
            Result result = phones.ask(seconds(), USERS, times * LoadServer.CAPACITY_PER_SECOND - USERS);
            add(times + "x, " + (variant.equals("open") ? "no limit" : "the standard limit"), result);
            return result;
        }
    }

    /** To a server that has run its code often enough to be quick. */
    private Phones phones(int port) throws IOException, InterruptedException {
        try (HttpLoad quick = HttpLoad.to(port, "/v1/quick", List.of(), 4)) {
            quick.send(run.quick() ? 4_000 : 40_000);
        }
        return new Phones(port);
    }

    private void add(String name, Result result) {
        Tally users = result.userActions();
        Tally background = result.background();
        double capacity = LoadServer.CAPACITY_PER_SECOND * seconds();
        rows.add(List.of(
                name,
                cell("%.1f %%", 100 * users.answeredPart()),
                cell("%.0f", users.p99()),
                cell("%.1f %%", 100 * background.answeredPart()),
                cell("%,.0f", users.refused + background.refused),
                cell("%,.0f", users.givenUp + background.givenUp),
                cell("%.0f %%", 100 * (users.answered + background.answered) / capacity)));
    }

    private static String cell(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
