// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule;

import static dev.mobilebackend.jobs.schedule.CronField.DAY_OF_MONTH;
import static dev.mobilebackend.jobs.schedule.CronField.DAY_OF_WEEK;
import static dev.mobilebackend.jobs.schedule.CronField.HOUR;
import static dev.mobilebackend.jobs.schedule.CronField.MINUTE;
import static dev.mobilebackend.jobs.schedule.CronField.MONTH;
import static java.time.temporal.ChronoUnit.MINUTES;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * Ticks at the wall times that five crontab fields match, by the rules of crontab(5).
 *
 * <p>Wall time is looked at between two changes of the zone's offset at a time, where it and real time go on together.
 * With certain hours given, a match inside a gap becomes a tick at the gap's end, and wall times that an overlap
 * repeats are passed over; with every hour allowed, neither (cron(8), "Notes" on daylight saving).
 */
final class CronSchedule implements Schedule {

    /** The 29th of February is the rarest day there is; from 2096 to 2104 it keeps away for eight years. */
    private static final int MOST_YEARS = 9;

    private static final int LONGEST_SPEC = 200;

    private final String spec;
    private final ZoneId zone;
    private final long minutes;
    private final long hours;
    private final long days;
    private final long months;
    private final long weekdays;
    private final boolean eitherDay;
    private final boolean everyHour;

    private CronSchedule(String spec, ZoneId zone, String[] fields) {
        this.spec = spec;
        this.zone = zone;
        this.minutes = MINUTE.parse(fields[0]);
        this.hours = HOUR.parse(fields[1]);
        this.days = DAY_OF_MONTH.parse(fields[2]);
        this.months = MONTH.parse(fields[3]);
        this.weekdays = DAY_OF_WEEK.parse(fields[4]);
        this.eitherDay = !fields[2].startsWith("*") && !fields[4].startsWith("*");
        this.everyHour = hours == HOUR.all();
    }

    static CronSchedule parse(String text, ZoneId zone) {
        String spec = text.strip().replaceAll("\\s+", " ");
        if (spec.length() > LONGEST_SPEC) {
            throw new IllegalArgumentException(
                    "cron must have at most " + LONGEST_SPEC + " characters, had " + spec.length());
        }
        String[] fields = spec.split(" ");
        if (fields.length != 5) {
            throw new IllegalArgumentException(
                    "cron must have five fields, minute, hour, day of month, month and day of week, was \"" + spec
                            + "\"");
        }
        try {
            var schedule = new CronSchedule(spec, zone, fields);
            schedule.match(LocalDate.EPOCH.atStartOfDay());
            return schedule;
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("cron \"" + spec + "\": " + wrong.getMessage(), wrong);
        }
    }

    @Override
    public Instant next(Instant after) {
        ZoneRules rules = zone.getRules();
        ZoneOffset offset = rules.getOffset(after);
        ZoneOffsetTransition change = rules.nextTransition(after);
        LocalDateTime match = match(firstUnrepeated(rules, after, offset));
        while (change != null && !match.toInstant(offset).isBefore(change.getInstant())) {
            if (!everyHour && change.isGap() && match.isBefore(change.getDateTimeAfter())) {
                return change.getInstant();
            }
            LocalDateTime from =
                    !everyHour && change.isOverlap() ? change.getDateTimeBefore() : change.getDateTimeAfter();
            match = match(from);
            offset = change.getOffsetAfter();
            change = rules.nextTransition(change.getInstant());
        }
        return match.toInstant(offset);
    }

    @Override
    public String spec() {
        return spec;
    }

    @Override
    public ZoneId zone() {
        return zone;
    }

    @Override
    public String toString() {
        return spec + " " + zone;
    }

    /** The first wall time after the instant's which this schedule has not had yet. */
    private LocalDateTime firstUnrepeated(ZoneRules rules, Instant after, ZoneOffset offset) {
        LocalDateTime from =
                LocalDateTime.ofInstant(after, offset).truncatedTo(MINUTES).plusMinutes(1);
        ZoneOffsetTransition last = everyHour ? null : rules.previousTransition(after.plusNanos(1));
        return last != null && last.isOverlap() && from.isBefore(last.getDateTimeBefore())
                ? last.getDateTimeBefore()
                : from;
    }

    /** The first wall time that the fields match, the one asked about included. */
    private LocalDateTime match(LocalDateTime asked) {
        LocalDateTime from = asked.truncatedTo(MINUTES).equals(asked)
                ? asked
                : asked.truncatedTo(MINUTES).plusMinutes(1);
        LocalDate day = from.toLocalDate();
        LocalDate end = day.plusYears(MOST_YEARS);
        int minute = from.getHour() * 60 + from.getMinute();
        while (day.isBefore(end)) {
            if (!allows(months, day.getMonthValue())) {
                day = day.withDayOfMonth(1).plusMonths(1);
            } else {
                int found = matches(day) ? firstFrom(minute) : -1;
                if (found >= 0) {
                    return day.atTime(found / 60, found % 60);
                }
                day = day.plusDays(1);
            }
            minute = 0;
        }
        throw new IllegalArgumentException("no day of the month and month match the calendar: it would never run");
    }

    private boolean matches(LocalDate day) {
        boolean byMonth = allows(days, day.getDayOfMonth())
                || (allows(days, CronField.LAST) && day.getDayOfMonth() == day.lengthOfMonth());
        boolean byWeek = allows(weekdays, day.getDayOfWeek().getValue() % 7);
        return eitherDay ? byMonth || byWeek : byMonth && byWeek;
    }

    /** The first minute of the day, counted from midnight, that hour and minute match, or -1. */
    private int firstFrom(int minuteOfDay) {
        int hour = minuteOfDay / 60;
        if (allows(hours, hour)) {
            int minute = firstSet(minutes, minuteOfDay % 60);
            if (minute < 60) {
                return hour * 60 + minute;
            }
        }
        int later = firstSet(hours, hour + 1);
        return later < 24 ? later * 60 + firstSet(minutes, 0) : -1;
    }

    private static boolean allows(long set, int value) {
        return ((set >> value) & 1) != 0;
    }

    /** The lowest value of the set that is not below the one given, or 64. */
    private static int firstSet(long set, int from) {
        return Long.numberOfTrailingZeros(set & (-1L << from));
    }
}
