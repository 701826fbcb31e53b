// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * When something comes again. The ticks depend on nothing but the schedule, so every process tells the same ones.
 *
 * <pre>{@code
 * Schedule.cron("0 3 * * MON-FRI", ZoneId.of("Europe/Berlin"))
 * Schedule.every(Duration.ofMinutes(5))
 * }</pre>
 */
public sealed interface Schedule permits CronSchedule, IntervalSchedule {

    /** The first tick after the instant, never at it. */
    Instant next(Instant after);

    /** The schedule as text that {@link #parse} reads. */
    String spec();

    /** The zone that the text is read in; UTC for intervals. */
    ZoneId zone();

    /**
     * The five fields of crontab(5): minute (0-59), hour (0-23), day of month (1-31 or L, the last), month (1-12 or
     * JAN-DEC) and day of week (0-7 or SUN-SAT, 0 and 7 are Sunday), each a {@code *}, a number, a range, either with a
     * step, or a list of those. If both days are restricted, a day has to match one of them.
     *
     * <p>A schedule for certain hours has each of its times once, also when clocks change: one that is skipped comes
     * right after the change, one that comes twice counts the first time. A schedule for every hour goes on with real
     * time.
     *
     * @throws IllegalArgumentException if a field is wrong, or if no day ever matches
     */
    static Schedule cron(String spec, ZoneId zone) {
        return CronSchedule.parse(spec, zone);
    }

    /** Every whole multiple of the interval since 1970-01-01T00:00:00Z, from a second to ten years. */
    static Schedule every(Duration interval) {
        return new IntervalSchedule(interval);
    }

    /** The schedule of a {@link #spec} and a {@link #zone}. */
    static Schedule parse(String spec, ZoneId zone) {
        return spec.startsWith("P") && zone.equals(ZoneOffset.UTC) ? every(Duration.parse(spec)) : cron(spec, zone);
    }
}
