// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * No-op jobs a second on a database in an H2 file, a new one each time. This library has H2 write each commit before it
 * answers ({@code WRITE_DELAY 0}); db-scheduler leaves H2 its half second, in which a commit may be lost, and is measured
 * with both: those that keep every commit are compared.
 */
final class H2Benchmark {

    private static final String OURS = "ours, every commit kept";
    private static final String EQUAL = "db-scheduler, every commit kept";
    private static final String DELAYED = "db-scheduler, half a second may be lost";

    private final Run run;
    private final Pace pace;

    private H2Benchmark(Run run) {
        this.run = run;
        this.pace = new Pace(run.quick() ? 0.5 : 3);
    }

    public static void main(String[] arguments) throws Exception {
        new H2Benchmark(Run.begin(arguments, Duration.ofMinutes(20))).measure();
    }

    private void measure() throws Exception {
        Rounds<String> rounds = Rounds.play(run, List.of(OURS, EQUAL, DELAYED), run.quick() ? 2 : 7, this::perSecond);
        var rows = new ArrayList<List<String>>();
        for (String each : List.of(OURS, EQUAL, DELAYED)) {
            rows.add(List.of(each, Rounds.whole(rounds.median(each)), Rounds.times(rounds.ratio(OURS, each))));
        }
        run.table(List.of("contender", "jobs/s, median", "ours is x"), rows);
        run.found(Figure.atLeast("jobs-h2", rounds.ratio(OURS, EQUAL), "x db-scheduler, every commit kept", 8));
    }

    private double perSecond(String title) throws IOException, SQLException {
        Path folder = Files.createTempDirectory("jobs-h2");
        try (TestDatabase opened = TestDatabase.h2File(folder);
                JobsDatabase place = JobsDatabase.of(opened)) {
            place.execute("SET WRITE_DELAY " + (title.equals(DELAYED) ? 500 : 0));
            Contender contender = title.equals(OURS) ? OurJobs.plain(place) : DbScheduler.h2(place);
            int jobs = pace.jobs(title);
            contender.enqueueAll(0, jobs);
            double perSecond = Drain.perSecond(contender, jobs);
            pace.saw(title, perSecond);
            return perSecond;
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        }
    }
}
