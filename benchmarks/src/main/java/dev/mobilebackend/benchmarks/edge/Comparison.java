// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.edge;

import static dev.mobilebackend.benchmarks.edge.Variant.BARE;
import static dev.mobilebackend.benchmarks.edge.Variant.EDGE;
import static dev.mobilebackend.benchmarks.edge.Variant.SPRING_ES256;
import static dev.mobilebackend.benchmarks.edge.Variant.SPRING_HS256;

import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Processors;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** All rounds, each with the costs of every variant. */
final class Comparison {

    private final List<Cost[]> rounds = new ArrayList<>();

    /** Adds a round: one cost a variant, in the order of their names. */
    void add(Cost[] costs) {
        rounds.add(costs);
    }

    String lastRound() {
        Cost[] costs = rounds.get(rounds.size() - 1);
        var text = new StringBuilder();
        for (Variant variant : Variant.values()) {
            Cost cost = costs[variant.ordinal()];
            text.append(String.format(
                    Locale.ROOT,
                    "%s %.1f us %,.0f bytes %,.0f/s  ",
                    variant,
                    cost.cpuMicros(),
                    cost.bytes(),
                    cost.perSecond()));
        }
        return text.toString().strip();
    }

    void report(Run run, Processors processors) {
        var rows = new ArrayList<List<String>>();
        for (Variant variant : Variant.values()) {
            rows.add(List.of(
                    variant.title(),
                    cell("%.1f", of(variant, Cost::cpuMicros).median()),
                    cell("%.1f", of(variant, Cost::cpuMicros).quantile(0.25)),
                    cell("%.1f", of(variant, Cost::cpuMicros).quantile(0.75)),
                    cell("%,.0f", of(variant, Cost::bytes).median()),
                    cell("%,.0f", of(variant, Cost::perSecond).median()),
                    cell("%.2f", of(variant, Cost::serverBusy).median()),
                    cell("%.2f", of(variant, Cost::loadBusy).median())));
        }
        Samples addedCpu = added(Cost::cpuMicros);
        Samples addedBytes = added(Cost::bytes);
        rows.add(List.of(
                "added by the edge",
                cell("%.1f", addedCpu.median()),
                cell("%.1f", addedCpu.quantile(0.25)),
                cell("%.1f", addedCpu.quantile(0.75)),
                cell("%,.0f", addedBytes.median()),
                "",
                "",
                ""));
        run.table(
                List.of(
                        processors.areParted() ? "servers on one processor" : "servers and load not parted",
                        "CPU us, median",
                        "quarter",
                        "three quarters",
                        "bytes, median",
                        "requests/s",
                        "server busy",
                        "load busy"),
                rows);
        run.found(Figure.atMost("edge-cpu", addedCpu.median(), "us added per request", 5));
        run.found(Figure.atMost("edge-bytes", addedBytes.median(), "bytes added per request", 1024));
        against(run, "edge-vs-spring", SPRING_ES256, "Spring with ES256");
        against(run, "edge-vs-spring-hs256", SPRING_HS256, "Spring with HS256");
    }

    private void against(Run run, String name, Variant peer, String words) {
        Samples rate = times(Cost::perSecond, peer);
        Samples cpu = times(Cost::cpuMicros, peer);
        run.found(Figure.atLeast(name + "-rate", rate.median(), "x the requests per second of " + words, 3));
        run.found(Figure.atMost(name + "-cpu", cpu.median(), "x the CPU of " + words, 0.25));
    }

    private Samples of(Variant variant, ToDoubleFunction<Cost> part) {
        var samples = new Samples();
        rounds.forEach(costs -> samples.add(part.applyAsDouble(costs[variant.ordinal()])));
        return samples;
    }

    private Samples added(ToDoubleFunction<Cost> part) {
        var samples = new Samples();
        rounds.forEach(costs ->
                samples.add(part.applyAsDouble(costs[EDGE.ordinal()]) - part.applyAsDouble(costs[BARE.ordinal()])));
        return samples;
    }

    private Samples times(ToDoubleFunction<Cost> part, Variant peer) {
        var samples = new Samples();
        rounds.forEach(costs ->
                samples.add(part.applyAsDouble(costs[EDGE.ordinal()]) / part.applyAsDouble(costs[peer.ordinal()])));
        return samples;
    }

    private static String cell(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
