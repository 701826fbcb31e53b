// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.SamplesOf;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * No-op jobs a second until nothing is pending, on a PostgreSQL that keeps every commit: this library with all that a
 * worker does by default, the two other Java libraries that keep jobs in a database, and what SQL by hand can do. The
 * jobs wait beforehand, as many for each as the round before says it can run in some seconds.
 */
final class JobsBenchmark {

    private final Run run;
    private final JobsDatabase place;
    private final SamplesOf<Contender> walBytes = new SamplesOf<>();
    private final Pace pace;

    private JobsBenchmark(Run run, JobsDatabase place) {
        this.run = run;
        this.place = place;
        this.pace = new Pace(run.quick() ? 0.5 : 4);
    }

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(30));
        run.say("starting PostgreSQL");
        try (TestDatabase opened = TestDatabase.durablePostgres();
                JobsDatabase place = JobsDatabase.of(opened)) {
            run.say(place.durability());
            new JobsBenchmark(run, place).measure();
        }
    }

    private void measure() throws Exception {
        Contender ours = OurJobs.plain(place);
        Contender inClaim = OurJobs.inClaim(place);
        Contender transaction = Floor.TRANSACTION.on(place);
        Contender lease = Floor.LEASE.on(place);
        Contender dbScheduler = DbScheduler.postgresql(place);
        Contender jobRunr = new JobRunrJobs(place);
        List<Contender> contenders = List.of(
                ours,
                inClaim,
                OurJobs.inTransaction(place),
                transaction,
                lease,
                Floor.MERGED.on(place),
                dbScheduler,
                jobRunr);
        var rounds = Rounds.play(run, contenders, run.quick() ? 2 : 7, this::perSecond);
        var rows = new ArrayList<List<String>>();
        for (Contender each : contenders) {
            rows.add(List.of(
                    each.toString(),
                    Rounds.whole(rounds.median(each)),
                    Rounds.times(rounds.ratio(ours, each)),
                    Rounds.whole(walBytes.of(each).median()),
                    Rounds.whole(pace.jobs(each))));
        }
        run.table(List.of("contender", "jobs/s, median", "ours is x", "WAL B/job", "jobs a round"), rows);
        run.found(Figure.atLeast("jobs", rounds.ratio(ours, dbScheduler), "x db-scheduler", 10));
        run.found(Figure.atLeast("jobs-jobrunr", rounds.ratio(ours, jobRunr), "x JobRunr", 50));
        run.found(Figure.atLeast("jobs-floor", 100 * rounds.ratio(ours, lease), "% of the lease floor", 120));
        run.found(Figure.atLeast(
                "jobs-in-claim", 100 * rounds.ratio(inClaim, transaction), "% of the transaction floor", 80));
    }

    private double perSecond(Contender contender) throws SQLException {
        int jobs = pace.jobs(contender);
        contender.clear();
        contender.enqueueAll(0, jobs);
        place.execute("ANALYZE", "CHECKPOINT");
        String before = place.one("SELECT pg_current_wal_lsn()");
        double perSecond = Drain.perSecond(contender, jobs);
        String bytes = place.one("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '" + before + "')");
        walBytes.of(contender).add(Double.parseDouble(bytes) / jobs);
        pace.saw(contender, perSecond);
        return perSecond;
    }
}
