// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.account;

import java.util.Arrays;

/**
 * Whether two samples have the same mean: Welch's t. By chance it is beyond 4.5 once in 150,000 times. A few long
 * pauses would hide a small difference, so the samples are looked at whole and without the slowest tenth of both
 * together, as dudect does (Reparaz, Balasch and Verbauwhede, 2017).
 */
final class Welch {

    private Welch() {}

    /** The larger of the two, without its sign. */
    static double largest(double[] one, double[] other) {
        double[] all = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, all, one.length, other.length);
        Arrays.sort(all);
        double slow = all[all.length * 9 / 10];
        return Math.max(Math.abs(t(one, other)), Math.abs(t(below(one, slow), below(other, slow))));
    }

    private static double t(double[] one, double[] other) {
        double spread = variance(one) / one.length + variance(other) / other.length;
        return (mean(one) - mean(other)) / Math.sqrt(spread);
    }

    private static double[] below(double[] values, double limit) {
        return Arrays.stream(values).filter(value -> value < limit).toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values)
                        .map(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.length - 1);
    }
}
