// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.signin;

import dev.mobilebackend.benchmarks.ChildJvm;
import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * What becomes of a server on two processors and in 512 MB when 2,000 people sign in at once, over and over: whether it
 * lives, how soon those are refused for whom there is no room, and what others notice, who ask fifty times a second for
 * something that takes no time. The phones share the two processors with the server, so as many requests for nothing
 * are sent at once as well: what is worse in a flood of sign-ins than in that one is due to passwords.
 */
final class SignInFloodBenchmark {

    private static final int PHONES = 2_000;
    private static final long PAUSE_NANOS = 20_000_000;

    private static final List<String> JVM_OPTIONS = List.of(
            "-Xmx160m",
            "-XX:+UseSerialGC",
            "-XX:ActiveProcessorCount=2",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=off");

    private final Run run;
    private final ExecutorService others = Executors.newSingleThreadExecutor();
    private final Samples idle = new Samples();
    private final Samples meanwhile = new Samples();
    private final Samples ofNothing = new Samples();
    private final Samples nothing = new Samples();
    private final Samples atPhone = new Samples();
    private final Samples atServer = new Samples();
    private double resident;
    private int signedIn;
    private int refused;
    private int unanswered;
    private int othersAsked;
    private int othersRefused;
    private volatile boolean flooded;

    private SignInFloodBenchmark(Run run) {
        this.run = run;
    }

    public static void main(String[] arguments) throws Exception {
        var benchmark = new SignInFloodBenchmark(Run.begin(arguments, Duration.ofMinutes(10)));
        int floods = benchmark.run.quick() ? 2 : 15;
        try (var server = ChildJvm.start(SignInServer.class, "", JVM_OPTIONS)) {
            benchmark.measure(server, Integer.parseInt(server.read()), floods);
        } finally {
            benchmark.others.shutdownNow();
        }
        benchmark.report(floods);
    }

    private void measure(ChildJvm server, int port, int floods) throws Exception {
        run.say("warming up");
        try (var other = new OtherPhone(port)) {
            for (int i = 0; i < (run.quick() ? 2_000 : 20_000); i++) {
                other.ask();
            }
            for (int i = 0; i < (run.quick() ? 1 : 5); i++) {
                flood(SignInFlood.ofNothing(port, PHONES));
                flood(SignInFlood.ofSignIns(port, PHONES));
            }
            server.ask("refusals");
            for (int flood = 1; flood <= floods; flood++) {
                run.say("flood " + flood + " of " + floods);
                asOthers(other, idle, () -> Thread.sleep(run.quick() ? 1_000 : 3_000));
                asOthers(other, ofNothing, () -> flood(SignInFlood.ofNothing(port, PHONES))
                        .forEach(answer -> nothing.add(answer.millis())));
                asOthers(other, meanwhile, () -> flood(SignInFlood.ofSignIns(port, PHONES))
                        .forEach(this::count));
                String[] told = server.ask("refusals").split(" ", -1);
                atServer.add(Double.parseDouble(told[0]));
                resident = Double.parseDouble(told[1]);
            }
        }
    }

    /** The answers to one flood, whose connections are open before it begins. */
    private List<SignInFlood.Answer> flood(SignInFlood phones) throws IOException {
        try (phones) {
            flooded = true;
            return phones.ask();
        } finally {
            flooded = false;
        }
    }

    private interface Meanwhile {
        void run() throws IOException, InterruptedException;
    }

    /** Asks as others do while something goes on; in a flood, only once its connections are open. */
    private void asOthers(OtherPhone other, Samples millis, Meanwhile meanwhileRuns)
            throws InterruptedException, ExecutionException, IOException {
        boolean isFlood = millis != idle;
        var stop = new AtomicBoolean();
        Future<?> asking = others.submit(() -> {
            while (!stop.get()) {
                boolean counts = !isFlood || flooded;
                SignInFlood.Answer answer = other.ask();
                if (counts && (!isFlood || flooded)) {
                    othersRefused += answer.status() == 200 || millis != meanwhile ? 0 : 1;
                    othersAsked += millis == meanwhile ? 1 : 0;
                    millis.add(answer.millis());
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return null;
        });
        try {
            meanwhileRuns.run();
        } finally {
            stop.set(true);
        }
        asking.get();
    }

    private void count(SignInFlood.Answer answer) {
        switch (answer.status()) {
            case 0 -> unanswered++;
            case 503 -> {
                refused++;
                atPhone.add(answer.millis());
            }
            default -> signedIn++;
        }
    }

    private void report(int floods) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("checked, in each flood", (double) signedIn / floods));
        rows.add(row("refused, in each flood", (double) refused / floods));
        rows.add(row("ms to a refusal in the server, p99 of the worst flood", atServer.max()));
        rows.add(row("ms to a refusal at the phone, median", atPhone.median()));
        rows.add(row("ms to a refusal at the phone, p99", atPhone.quantile(0.99)));
        rows.add(row("ms of others when idle, p99", idle.quantile(0.99)));
        rows.add(row("ms to any answer in a flood for nothing, p99", nothing.quantile(0.99)));
        rows.add(row("ms of others in a flood for nothing, p99", ofNothing.quantile(0.99)));
        rows.add(row("ms of others meanwhile, median", meanwhile.median()));
        rows.add(row("ms of others meanwhile, p99", meanwhile.quantile(0.99)));
        rows.add(row("% of others refused", 100.0 * othersRefused / othersAsked));
        rows.add(row("MB resident at most", resident));
        run.table(List.of(PHONES + " sign in at once", ""), rows);
        run.found(Figure.atMost("sign-in-flood-unanswered", unanswered, "phones without an answer", 0));
        run.found(Figure.atMost("sign-in-flood-resident", resident, "MB resident at most", 512));
        run.found(
                Figure.atMost("sign-in-flood-refusal", atServer.max(), "ms in the server, p99 of the worst flood", 50));
        run.found(Figure.atMost("sign-in-flood-refusal-phone", atPhone.quantile(0.99), "ms at the phone, p99", 50));
        run.found(Figure.atMost(
                "sign-in-flood-others", meanwhile.quantile(0.99) / idle.quantile(0.99), "x p99 when idle", 2));
        run.found(Figure.atMost(
                "sign-in-flood-others-beside-nothing",
                meanwhile.quantile(0.99) / ofNothing.quantile(0.99),
                "x p99 in a flood of as many who ask for nothing",
                2));
    }

    private static List<String> row(String name, double value) {
        return List.of(name, String.format(Locale.ROOT, "%.1f", value));
    }
}
