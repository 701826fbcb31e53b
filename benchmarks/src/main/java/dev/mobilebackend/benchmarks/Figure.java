// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks;

import java.util.Locale;

/**
 * One measured number and what it should be.
 *
 * @param name of the figure, always the same
 * @param value as measured
 * @param unit of the value
 * @param goal in words, such as {@code <= 5}
 * @param met whether the value reaches the goal
 */
public record Figure(String name, double value, String unit, String goal, boolean met) {

    public static Figure atMost(String name, double value, String unit, double limit) {
        return new Figure(name, value, unit, "<= " + number(limit), value <= limit);
    }

    public static Figure atLeast(String name, double value, String unit, double limit) {
        return new Figure(name, value, unit, ">= " + number(limit), value >= limit);
    }

    /**
     * The line that outside checks read. Names, units and goals are our own words and need no escaping.
     *
     * @param quick whether the run was too short to mean anything, which the line then says
     */
    String line(boolean quick) {
        return "RESULT {\"figure\":\"" + name + "\",\"value\":" + number(value) + ",\"unit\":\"" + unit
                + "\",\"goal\":\"" + goal + "\",\"met\":" + met + (quick ? ",\"quick\":true}" : "}");
    }

    /** Two decimals at most; what is not a number stays visible as null. */
    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return "null";
        }
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("\\.?0+$", "");
    }
}
