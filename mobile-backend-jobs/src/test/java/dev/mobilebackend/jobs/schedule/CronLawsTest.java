// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Cron against a walk through each real minute that keeps a list of the wall times it has seen. */
class CronLawsTest {

    record Field(Set<Integer> values, String text) {}

    record Line(Field minute, Field hour, Field day, Field month, Field weekday) {

        String spec() {
            return String.join(" ", minute.text, hour.text, day.text, month.text, weekday.text);
        }

        boolean matches(LocalDateTime wall) {
            boolean byMonth = day.values.contains(wall.getDayOfMonth());
            boolean byWeek = weekday.values.contains(wall.getDayOfWeek().getValue() % 7);
            boolean either = !day.text.startsWith("*") && !weekday.text.startsWith("*");
            return minute.values.contains(wall.getMinute())
                    && hour.values.contains(wall.getHour())
                    && month.values.contains(wall.getMonthValue())
                    && (either ? byMonth || byWeek : byMonth && byWeek);
        }
    }

    @Property(tries = 400)
    void nextSaysEachMinuteThatAWalkFinds(
            @ForAll("lines") Line line,
            @ForAll("zones") ZoneId zone,
            @ForAll("years") int year,
            @ForAll("changes") int change,
            @ForAll("offsets") Duration offset) {
        Instant from = nthChange(zone, year, change).plus(offset);
        Instant to = from.plus(Duration.ofDays(3));
        Schedule schedule = Schedule.cron(line.spec(), zone);

        var ticks = new ArrayList<Instant>();
        for (Instant tick = schedule.next(from); !tick.isAfter(to); tick = schedule.next(tick)) {
            ticks.add(tick);
        }

        assertEquals(walk(line, zone, from, to), ticks);
    }

    @Property(tries = 200)
    void aTickIsTheSameWhereverTheQuestionIsAskedFrom(
            @ForAll("lines") Line line, @ForAll("zones") ZoneId zone, @ForAll("offsets") Duration offset) {
        Instant from = nthChange(zone, 2030, 1).plus(offset);
        Schedule schedule = Schedule.cron(line.spec(), zone);

        Instant next = schedule.next(from);

        assertEquals(next, schedule.next(next.minusNanos(1)));
        assertEquals(next, schedule.next(from.plus(Duration.between(from, next).dividedBy(2))));
    }

    @Provide
    Arbitrary<Line> lines() {
        return Combinators.combine(
                        fields(0, 59),
                        fields(0, 23),
                        Arbitraries.oneOf(stars(1, 31), fields(1, 31)),
                        Arbitraries.frequencyOf(Tuple.of(5, stars(1, 12)), Tuple.of(1, fields(1, 12))),
                        Arbitraries.oneOf(stars(0, 6), fields(0, 6)))
                .as(Line::new)
                .filter(line -> line.day.values.stream().anyMatch(day -> day < 29));
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.of(
                        "Europe/Berlin",
                        "America/New_York",
                        "Australia/Lord_Howe",
                        "America/Santiago",
                        "Africa/Casablanca",
                        "America/St_Johns",
                        "Asia/Kolkata")
                .map(ZoneId::of);
    }

    @Provide
    Arbitrary<Integer> years() {
        return Arbitraries.integers().between(1995, 2040);
    }

    @Provide
    Arbitrary<Integer> changes() {
        return Arbitraries.integers().between(0, 2);
    }

    /** Mostly so that the change lies in the three days that follow. */
    @Provide
    Arbitrary<Duration> offsets() {
        return Arbitraries.integers().between(-2 * 24 * 3600, 7200).map(Duration::ofSeconds);
    }

    private static Arbitrary<Field> fields(int lowest, int highest) {
        Arbitrary<Field> values = Arbitraries.integers()
                .between(lowest, highest)
                .set()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(set -> new Field(
                        set, String.join(",", set.stream().map(String::valueOf).toList())));
        Arbitrary<Field> ranges = Combinators.combine(
                        Arbitraries.integers().between(lowest, highest),
                        Arbitraries.integers().between(lowest, highest),
                        Arbitraries.integers().between(1, 6))
                .as((a, b, step) -> stepped(Math.min(a, b), Math.max(a, b), step));
        return Arbitraries.oneOf(values, ranges, stars(lowest, highest));
    }

    private static Arbitrary<Field> stars(int lowest, int highest) {
        return Arbitraries.frequency(Tuple.of(3, 1), Tuple.of(1, 2), Tuple.of(1, 5))
                .map(step -> new Field(stepped(lowest, highest, step).values, step == 1 ? "*" : "*/" + step));
    }

    private static Field stepped(int from, int to, int step) {
        var values = new TreeSet<Integer>();
        for (int value = from; value <= to; value += step) {
            values.add(value);
        }
        return new Field(values, from + "-" + to + "/" + step);
    }

    private static Instant nthChange(ZoneId zone, int year, int nth) {
        Instant at = Instant.parse(year + "-01-01T00:00:00Z");
        for (int i = 0; i <= nth; i++) {
            ZoneOffsetTransition change = zone.getRules().nextTransition(at);
            at = change == null ? at.plus(Duration.ofDays(100)) : change.getInstant();
        }
        return at;
    }

    private static List<Instant> walk(Line line, ZoneId zone, Instant from, Instant to) {
        boolean everyHour = line.hour.values.size() == 24;
        var ticks = new ArrayList<Instant>();
        Instant first = Instant.ofEpochSecond(Math.floorDiv(from.getEpochSecond(), 60) * 60 - 3 * 24 * 3600);
        LocalDateTime furthest = LocalDateTime.ofInstant(first, zone);
        for (Instant minute = first.plusSeconds(60); !minute.isAfter(to); minute = minute.plusSeconds(60)) {
            LocalDateTime wall = LocalDateTime.ofInstant(minute, zone);
            boolean tick;
            if (everyHour) {
                tick = line.matches(wall);
            } else {
                tick = false;
                while (furthest.isBefore(wall)) {
                    furthest = furthest.plusMinutes(1);
                    tick |= line.matches(furthest);
                }
            }
            if (tick && minute.isAfter(from)) {
                ticks.add(minute);
            }
        }
        return ticks;
    }
}
