// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.benchmarks.ChildJvm;
import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import dev.mobilebackend.benchmarks.SamplesOf;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * How long it takes from just before one job is enqueued in another process to the first line of its body in this one,
 * while nothing else is to be done, on a PostgreSQL that keeps every commit. Both processes read the one monotonic clock
 * of the machine. Beside it the least that can be done: LISTEN and NOTIFY by hand, which fetches the job by one DELETE
 * and runs it before that is committed.
 */
final class LatencyBenchmark {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private record Begun(long number, long nanos) {}

    private final Run run;
    private final ChildJvm sender;
    private final List<Contender> contenders;
    private final Random random;
    private final SamplesOf<Contender> all = new SamplesOf<>();
    private final Set<Contender> warmedUp = new HashSet<>();
    private long number;

    private LatencyBenchmark(Run run, ChildJvm sender, List<Contender> contenders, int seed) {
        this.run = run;
        this.sender = sender;
        this.contenders = contenders;
        this.random = new Random(seed);
    }

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(20), "--seed N");
        int seed = run.number("--seed", 1);
        run.say("starting PostgreSQL; the pauses are drawn from --seed " + seed);
        try (TestDatabase opened = TestDatabase.durablePostgres();
                JobsDatabase place = JobsDatabase.of(opened)) {
            run.say(place.durability());
            List<Contender> contenders = JobSender.contenders(place);
            String address = opened.jdbcUrl() + " " + opened.user() + " " + opened.password();
            try (ChildJvm sender = ChildJvm.start(JobSender.class, address, List.of())) {
                requireOneClock(sender);
                new LatencyBenchmark(run, sender, contenders, seed).measure();
            }
        }
    }

    /** The other's first word is its clock, read since this process started it. */
    private static void requireOneClock(ChildJvm sender) throws IOException {
        long theirs = Long.parseLong(sender.read());
        long ago = System.nanoTime() - theirs;
        if (ago < 0 || ago > PATIENCE.toNanos()) {
            throw new IOException("the processes must share a monotonic clock, theirs was " + ago + " ns ago");
        }
    }

    private void measure() throws Exception {
        Contender ours = contenders.get(0);
        Contender bare = contenders.get(1);
        var rounds = Rounds.play(run, contenders, run.quick() ? 2 : 6, this::medianMicros);
        var rows = new ArrayList<List<String>>();
        for (Contender each : contenders) {
            Samples millis = all.of(each);
            rows.add(List.of(
                    each.toString(),
                    Rounds.times(millis.median()),
                    Rounds.times(millis.quantile(0.99)),
                    Rounds.times(millis.max()),
                    Rounds.times(rounds.ratio(each, bare)),
                    Integer.toString(millis.count())));
        }
        run.table(List.of("pick-up, ms", "p50", "p99", "most", "p50 is x bare", "jobs"), rows);
        run.found(Figure.atMost("jobs-latency", rounds.ratio(ours, bare), "x " + bare + ", p50", 1.2));
        double p99 = all.of(ours).quantile(0.99) / all.of(bare).quantile(0.99);
        run.found(Figure.atMost("jobs-latency-p99", p99, "x " + bare + ", p99", 2));
    }

    /** The middle of one round's jobs, each enqueued alone after a pause. */
    private double medianMicros(Contender contender) throws Exception {
        boolean counted = !warmedUp.add(contender);
        var begun = new LinkedBlockingQueue<Begun>();
        var millis = new Samples();
        contender.clear();
        Contender.Working working = contender.start(each -> begun.add(new Begun(each, System.nanoTime())));
        try {
            Thread.sleep(SETTLING.toMillis());
            int jobs = jobs(contender);
            for (int i = 0; i < jobs; i++) {
                Thread.sleep(20 + random.nextInt(contender instanceof JobRunrJobs ? 5_000 : 100));
                double taken = pickUp(contender, begun) / 1e6;
                millis.add(taken);
                if (counted) {
                    all.of(contender).add(taken);
                }
            }
        } finally {
            working.end();
        }
        return 1_000 * millis.median();
    }

    private long pickUp(Contender contender, LinkedBlockingQueue<Begun> begun)
            throws IOException, InterruptedException {
        number++;
        long enqueued = Long.parseLong(sender.ask(contenders.indexOf(contender) + " " + number));
        Begun first = begun.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (first == null || first.number != number) {
            throw new IOException(contender + " must have run job " + number + ", was " + first);
        }
        return first.nanos - enqueued;
    }

    /** Whoever polls every five seconds gets few, at any moment in between. */
    private int jobs(Contender contender) {
        if (contender instanceof JobRunrJobs) {
            return run.quick() ? 1 : 4;
        }
        int most = run.quick() ? 20 : 200;
        return contender instanceof DbScheduler ? most / 4 : most;
    }
}
