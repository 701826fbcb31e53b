// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What was measured of each contender in each of several rounds. The order turns from round to round, and the first
 * round only warms up: whatever disturbs the machine for a while disturbs all. Two contenders are compared within each
 * round; what counts is the middle of those ratios.
 */
final class Rounds<C> {

    /** Measures a contender once. */
    interface Measurement<C> {
        double of(C contender) throws Exception;
    }

    private final List<Map<C, Double>> rounds = new ArrayList<>();

    private Rounds() {}

    static <C> Rounds<C> play(Run run, List<C> contenders, int rounds, Measurement<C> measurement) throws Exception {
        var played = new Rounds<C>();
        for (int round = 0; round <= rounds; round++) {
            var measured = new HashMap<C, Double>();
            for (int i = 0; i < contenders.size(); i++) {
                C contender = contenders.get((round + i) % contenders.size());
                double value = measurement.of(contender);
                measured.put(contender, value);
                run.say((round == 0 ? "warming up" : "round " + round + " of " + rounds) + ", " + contender + ": "
                        + whole(value));
            }
            if (round > 0) {
                played.rounds.add(measured);
            }
        }
        return played;
    }

    /** The middle of a contender's own values. */
    double median(C contender) {
        var values = new Samples();
        rounds.forEach(round -> values.add(value(round, contender)));
        return values.median();
    }

    /** The middle of how many times the other's value a contender had in the same round. */
    double ratio(C contender, C other) {
        var ratios = new Samples();
        rounds.forEach(round -> ratios.add(value(round, contender) / value(round, other)));
        return ratios.median();
    }

    static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    static String times(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private double value(Map<C, Double> round, C contender) {
        return Objects.requireNonNull(round.get(contender), () -> contender + " was not measured");
    }
}
