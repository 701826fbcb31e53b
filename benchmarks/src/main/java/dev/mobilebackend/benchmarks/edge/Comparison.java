// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.edge;

import static dev.mobilebackend.benchmarks.edge.Variant.BARE;
import static dev.mobilebackend.benchmarks.edge.Variant.EDGE;
import static dev.mobilebackend.benchmarks.edge.Variant.SPRING_ES256;

import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Processors;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** All rounds, each with the costs of every variant. */
final class Comparison {

    private final List<Map<Variant, Cost>> rounds = new ArrayList<>();

    /** Adds a round, with the cost of each variant. */
    void add(Map<Variant, Cost> costs) {
        rounds.add(costs);
    }

    String lastRound() {
        Map<Variant, Cost> costs = rounds.get(rounds.size() - 1);
        var text = new StringBuilder();
        for (Variant variant : Variant.values()) {
            Cost cost = cost(variant, costs);
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
            rows.add(row(variant));
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
                        "load busy",
                        "edge: x its CPU",
                        "x its requests/s"),
                rows);
        run.found(Figure.atMost("edge-cpu", addedCpu.median(), "us added per request", 5));
        run.found(Figure.atMost("edge-bytes", addedBytes.median(), "bytes added per request", 1024));
        run.found(Figure.atLeast(
                "edge-vs-spring-rate",
                times(Cost::perSecond, SPRING_ES256).median(),
                "x the requests per second of Spring, ES256 both",
                3));
        run.found(Figure.atMost(
                "edge-vs-spring-cpu",
                times(Cost::cpuMicros, SPRING_ES256).median(),
                "x the CPU of Spring, ES256 both",
                0.25));
    }

    private List<String> row(Variant variant) {
        return List.of(
                variant.title(),
                cell("%.1f", of(variant, Cost::cpuMicros).median()),
                cell("%.1f", of(variant, Cost::cpuMicros).quantile(0.25)),
                cell("%.1f", of(variant, Cost::cpuMicros).quantile(0.75)),
                cell("%,.0f", of(variant, Cost::bytes).median()),
                cell("%,.0f", of(variant, Cost::perSecond).median()),
                cell("%.2f", of(variant, Cost::serverBusy).median()),
                cell("%.2f", of(variant, Cost::loadBusy).median()),
                cell("%.2f", times(Cost::cpuMicros, variant).median()),
                cell("%.2f", times(Cost::perSecond, variant).median()));
    }

    private Samples of(Variant variant, ToDoubleFunction<Cost> part) {
        return each(costs -> part.applyAsDouble(cost(variant, costs)));
    }

    private Samples added(ToDoubleFunction<Cost> part) {
        return each(costs -> part.applyAsDouble(cost(EDGE, costs)) - part.applyAsDouble(cost(BARE, costs)));
    }

    private Samples times(ToDoubleFunction<Cost> part, Variant peer) {
        return each(costs -> part.applyAsDouble(cost(EDGE, costs)) / part.applyAsDouble(cost(peer, costs)));
    }

    private Samples each(ToDoubleFunction<Map<Variant, Cost>> figure) {
        var samples = new Samples();
        rounds.forEach(costs -> samples.add(figure.applyAsDouble(costs)));
        return samples;
    }

    private static Cost cost(Variant variant, Map<Variant, Cost> costs) {
        return Objects.requireNonNull(costs.get(variant), variant.title());
    }

    private static String cell(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
