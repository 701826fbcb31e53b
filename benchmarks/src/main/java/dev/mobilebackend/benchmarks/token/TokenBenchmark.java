// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.token;

import dev.mobilebackend.auth.key.SigningAlgorithm;
import dev.mobilebackend.benchmarks.ChildJvm;
import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import dev.mobilebackend.benchmarks.SamplesOf;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What it costs to find out whose an access token is, beside the JWT libraries: for the first time, by each algorithm,
 * and again, as all requests but the first of a token are.
 *
 * <p>Each contender has a JVM of its own for each algorithm. All get their rounds in turn, and what is compared are
 * figures of one round, so a neighbour that takes the machine for a while disturbs them all.
 */
final class TokenBenchmark {

    private static final List<String> JVM_OPTIONS = List.of("-Xms256m", "-Xmx256m", "-XX:+UseParallelGC");

    /** A contender with tokens of one algorithm. */
    private record Subject(Contender contender, SigningAlgorithm algorithm) {

        String arguments() {
            return contender + " " + algorithm;
        }

        /** Both kinds take about as long. */
        int checks(boolean quick) {
            return (contender.remembers() ? 1 << 18 : 1 << 9) / (quick ? 8 : 1);
        }
    }

    private final Run run;
    private final List<Subject> subjects = new ArrayList<>();
    private final SamplesOf<Subject> nanos = new SamplesOf<>();
    private final SamplesOf<Subject> bytes = new SamplesOf<>();
    private final SamplesOf<Subject> timesKnown = new SamplesOf<>();

    private TokenBenchmark(Run run) {
        this.run = run;
        for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
            for (Contender contender : Contender.values()) {
                boolean absent = contender == Contender.JAVA_JWT && algorithm == SigningAlgorithm.EDDSA;
                boolean same = contender.remembers() && algorithm != SigningAlgorithm.ES256;
                if (!absent && !same) {
                    subjects.add(new Subject(contender, algorithm));
                }
            }
        }
    }

    public static void main(String[] arguments) throws IOException {
        var benchmark = new TokenBenchmark(Run.begin(arguments, Duration.ofMinutes(60)));
        int forks = benchmark.run.quick() ? 1 : 2;
        for (int fork = 1; fork <= forks; fork++) {
            benchmark.run.say("JVMs " + fork + " of " + forks);
            benchmark.measure();
        }
        benchmark.report();
    }

    private void measure() throws IOException {
        int rounds = run.quick() ? 3 : 9;
        Map<Subject, ChildJvm> children = new LinkedHashMap<>();
        try {
            for (Subject subject : subjects) {
                ChildJvm child = ChildJvm.start(TokenWorker.class, subject.arguments(), JVM_OPTIONS);
                children.put(subject, child);
                child.read();
                for (int i = 0; i < (run.quick() ? 4 : 6); i++) {
                    child.ask(Integer.toString(subject.checks(run.quick())));
                }
            }
            run.say("warm");
            for (int round = 0; round < rounds; round++) {
                measureRound(children);
            }
        } finally {
            children.values().forEach(ChildJvm::close);
        }
    }

    private void measureRound(Map<Subject, ChildJvm> children) throws IOException {
        Map<Subject, Double> costs = new LinkedHashMap<>();
        for (Map.Entry<Subject, ChildJvm> each : children.entrySet()) {
            int checks = each.getKey().checks(run.quick());
            String[] used = each.getValue().ask(Integer.toString(checks)).split(" ", -1);
            if (Integer.parseInt(used[2]) != checks) {
                throw new IOException(each.getKey() + " took " + used[2] + " of " + checks + " good tokens");
            }
            costs.put(each.getKey(), (double) Long.parseLong(used[0]) / checks);
            nanos.of(each.getKey()).add((double) Long.parseLong(used[0]) / checks);
            bytes.of(each.getKey()).add((double) Long.parseLong(used[1]) / checks);
        }
        double known = Objects.requireNonNull(costs.get(known()), "the known token is one of them");
        costs.forEach((subject, cost) -> timesKnown.of(subject).add(cost / known));
    }

    private void report() {
        var rows = new ArrayList<List<String>>();
        for (Subject subject : subjects) {
            Samples cost = nanos.of(subject);
            rows.add(List.of(
                    subject.algorithm().text(),
                    subject.contender().title(),
                    cell("%.2f", cost.median() / 1_000),
                    cell("%.2f", cost.quantile(0.25) / 1_000),
                    cell("%.2f", cost.quantile(0.75) / 1_000),
                    cell("%.0f", bytes.of(subject).median()),
                    cell("%.1f", timesKnown.of(subject).median())));
        }
        run.table(
                List.of("token", "checked by", "CPU us, median", "quarter", "three quarters", "bytes", "x ours, known"),
                rows);
        run.found(Figure.atLeast(
                "token-known-eddsa",
                timesKnown
                        .of(new Subject(Contender.NIMBUS, SigningAlgorithm.EDDSA))
                        .median(),
                "x cheaper than EdDSA by nimbus with Tink",
                100));
        run.found(Figure.atLeast(
                "token-known-es256",
                cheapestPeer(SigningAlgorithm.ES256),
                "x cheaper than ES256 by the best peer",
                300));
        var step = new Subject(Contender.STEP, SigningAlgorithm.ES256);
        run.found(Figure.atMost("token-step", nanos.of(step).median() / 1_000, "us of CPU, the token known", 3));
        run.found(Figure.atMost("token-step-bytes", bytes.of(step).median(), "bytes, the token known", 1_024));
    }

    private double cheapestPeer(SigningAlgorithm algorithm) {
        double best = Double.POSITIVE_INFINITY;
        for (Subject each : subjects) {
            if (each.algorithm() == algorithm && each.contender().isPeer()) {
                best = Math.min(best, timesKnown.of(each).median());
            }
        }
        return best;
    }

    private static Subject known() {
        return new Subject(Contender.KNOWN, SigningAlgorithm.ES256);
    }

    private static String cell(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
