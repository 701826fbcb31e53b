// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule;

import java.util.List;
import java.util.Locale;

/** One of the five fields of a crontab line, and how its text becomes a set of numbers. */
enum CronField {
    MINUTE("minute", 0, 59, ""),
    HOUR("hour", 0, 23, ""),
    DAY_OF_MONTH("day of month", 1, 31, ""),
    MONTH("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
    DAY_OF_WEEK("day of week", 0, 7, "SUN MON TUE WED THU FRI SAT");

    /** In the set of days of the month: the last day, whichever that is. */
    static final int LAST = 0;

    private final String title;
    private final int lowest;
    private final int highest;
    private final String names;

    CronField(String title, int lowest, int highest, String names) {
        this.title = title;
        this.lowest = lowest;
        this.highest = highest;
        this.names = names;
    }

    /** Bit n is set if n is allowed. */
    long parse(String text) {
        long allowed = 0;
        for (String item : text.split(",", -1)) {
            allowed |= item(item, text);
        }
        return allowed;
    }

    /** What no field restricts. */
    long all() {
        return span(lowest, highest, 1);
    }

    private long item(String item, String text) {
        if (this == DAY_OF_MONTH && item.equalsIgnoreCase("L")) {
            return 1L << LAST;
        }
        String[] stepped = item.split("/", -1);
        String[] ends = stepped[0].split("-", -1);
        boolean range = stepped[0].equals("*") || ends.length == 2;
        if (stepped.length > 2 || ends.length > 2) {
            throw refused(text, "must be made of a-b/n, was \"" + item + "\"");
        }
        if (stepped.length == 2 && !range) {
            throw refused(
                    text,
                    "has a step after a single value, \"" + item + "\": write " + ends[0] + "-" + highest + "/"
                            + stepped[1]);
        }
        int step = stepped.length == 2 ? number(stepped[1], text, "step", 1, highest) : 1;
        if (stepped[0].equals("*")) {
            return span(lowest, highest, step);
        }
        int from = value(ends[0], text);
        int to = range ? value(ends[1], text) : from;
        if (this == DAY_OF_WEEK && range && to == 0 && from > 0) {
            to = 7;
        }
        if (from > to) {
            throw refused(text, "must have its ranges rise, was \"" + item + "\"");
        }
        return span(from, to, step);
    }

    private int value(String text, String field) {
        int named = names.isEmpty() ? -1 : List.of(names.split(" ")).indexOf(text.toUpperCase(Locale.ROOT));
        return named < 0 ? number(text, field, "value", lowest, highest) : named + lowest;
    }

    private int number(String text, String field, String part, int least, int most) {
        if (text.matches("\\d{1,4}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        String named = names.isEmpty() || part.equals("step")
                ? ""
                : " or from " + names.substring(0, 3) + " to " + names.substring(names.length() - 3);
        throw refused(
                field, "must have each " + part + " from " + least + " to " + most + named + ", was \"" + text + "\"");
    }

    private IllegalArgumentException refused(String field, String why) {
        return new IllegalArgumentException(title + " \"" + field + "\" " + why);
    }

    private long span(int from, int to, int step) {
        long allowed = 0;
        for (int value = from; value <= to; value += step) {
            allowed |= 1L << (this == DAY_OF_WEEK ? value % 7 : value);
        }
        return allowed;
    }
}
