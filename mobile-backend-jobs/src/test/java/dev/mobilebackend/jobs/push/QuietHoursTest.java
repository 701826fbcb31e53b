// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuietHoursTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final QuietHours NIGHT = new QuietHours(LocalTime.of(22, 0), LocalTime.of(7, 0), ZoneOffset.UTC);
    private static final QuietHours NOON = new QuietHours(LocalTime.of(12, 0), LocalTime.of(13, 30), ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource({
        "2030-01-15T21:59:59Z, PT0S",
        "2030-01-15T22:00:00Z, PT9H",
        "2030-01-15T23:59:59Z, PT7H1S",
        "2030-01-16T00:00:00Z, PT7H",
        "2030-01-16T06:59:59.999Z, PT0.001S",
        "2030-01-16T07:00:00Z, PT0S"
    })
    void lastAcrossMidnight(Instant now, Duration left) {
        assertEquals(left, NIGHT.left(now, null));
    }

    @ParameterizedTest
    @CsvSource({"2030-01-15T11:59:59Z, PT0S", "2030-01-15T12:15:00Z, PT1H15M", "2030-01-15T13:30:00Z, PT0S"})
    void lastWithinADay(Instant now, Duration left) {
        assertEquals(left, NOON.left(now, ZoneOffset.UTC));
    }

    @Test
    void goByTheDevicesZone() {
        Instant now = Instant.parse("2030-01-15T05:30:00Z");

        assertEquals(Duration.ofMinutes(30), NIGHT.left(now, BERLIN));
        assertEquals(Duration.ofMinutes(90), NIGHT.left(now, null));
        assertEquals(Duration.ZERO, NIGHT.left(now, ZoneId.of("Asia/Kolkata")));
    }

    /** On 2030-03-31 Berlin's clocks go from 02:00 to 03:00, on 2030-10-27 from 03:00 back to 02:00. */
    @ParameterizedTest
    @CsvSource({"2030-03-30T22:00:00Z, PT7H", "2030-10-26T21:00:00Z, PT9H"})
    void endByTheClockOnTheWallWhereANightIsShorterOrLonger(Instant elevenInTheEvening, Duration left) {
        assertEquals(left, NIGHT.left(elevenInTheEvening, BERLIN));
    }

    @Test
    void endWhereTheClockSkipsTheirEnd() {
        var hours = new QuietHours(LocalTime.of(22, 0), LocalTime.of(2, 30), BERLIN);

        assertEquals(Duration.ofMinutes(15), hours.left(Instant.parse("2030-03-31T00:45:00Z"), BERLIN));
    }

    @Test
    void comeTwiceWhereTheClockRepeatsTheirEnd() {
        var hours = new QuietHours(LocalTime.of(22, 0), LocalTime.of(2, 30), BERLIN);

        assertEquals(Duration.ofMinutes(15), hours.left(Instant.parse("2030-10-27T00:15:00Z"), BERLIN));
        assertEquals(Duration.ZERO, hours.left(Instant.parse("2030-10-27T00:45:00Z"), BERLIN));
        assertEquals(Duration.ofMinutes(15), hours.left(Instant.parse("2030-10-27T01:15:00Z"), BERLIN));
    }

    /** Samoa had no 30 December 2011. */
    @Test
    void goOnWhereADayIsMissing() {
        assertEquals(Duration.ofHours(9), NIGHT.left(Instant.parse("2011-12-30T08:00:00Z"), ZoneId.of("Pacific/Apia")));
    }

    /** Those that have begun go on where the clock repeats the time before they did. */
    @Property
    void areOverWhenTheyAreAndNotBefore(
            @ForAll("instants") Instant now,
            @ForAll("zones") ZoneId zone,
            @ForAll("times") LocalTime from,
            @ForAll("times") LocalTime until) {
        if (from.equals(until)) {
            return;
        }
        var hours = new QuietHours(from, until, ZoneOffset.UTC);

        Duration left = hours.left(now, zone);

        assertFalse(isQuiet(hours, now.plus(left), zone));
        assertTrue(left.compareTo(Duration.ofHours(49)) < 0);
        for (Duration before = left.minusSeconds(1); !before.isNegative(); before = before.minusMinutes(7)) {
            assertTrue(isQuiet(hours, now.plus(before), zone) || isRepeated(now.plus(before), zone));
        }
    }

    @Provide
    Arbitrary<Instant> instants() {
        Arbitrary<Long> seconds =
                Arbitraries.longs().between(1_293_840_000L, 2_524_608_000L).withoutEdgeCases();
        Arbitrary<Long> besideChanges = Arbitraries.of(
                        "2030-03-31T01:00:00Z", "2030-10-27T01:00:00Z", "2011-12-30T10:00:00Z", "2030-10-05T15:30:00Z")
                .flatMap(text -> Arbitraries.longs()
                        .between(-90_000, 90_000)
                        .map(offset -> Instant.parse(text).getEpochSecond() + offset));
        return Arbitraries.oneOf(seconds, besideChanges).map(Instant::ofEpochSecond);
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.of(
                        "Europe/Berlin",
                        "America/New_York",
                        "Australia/Lord_Howe",
                        "Pacific/Apia",
                        "Asia/Kolkata",
                        "America/Sao_Paulo",
                        "Africa/Casablanca",
                        "UTC")
                .map(ZoneId::of);
    }

    @Provide
    Arbitrary<LocalTime> times() {
        return Arbitraries.integers().between(0, 95).map(quarter -> LocalTime.of(quarter / 4, quarter % 4 * 15));
    }

    @Test
    void haveTwoEnds() {
        assertThrows(
                IllegalArgumentException.class, () -> new QuietHours(LocalTime.NOON, LocalTime.NOON, ZoneOffset.UTC));
    }

    private static boolean isQuiet(QuietHours hours, Instant at, ZoneId zone) {
        LocalTime wall = at.atZone(zone).toLocalTime();
        return hours.from().isBefore(hours.until())
                ? !wall.isBefore(hours.from()) && wall.isBefore(hours.until())
                : !wall.isBefore(hours.from()) || wall.isBefore(hours.until());
    }

    private static boolean isRepeated(Instant at, ZoneId zone) {
        ZoneOffsetTransition last = zone.getRules().previousTransition(at.plusNanos(1));
        return last != null && last.isOverlap() && at.isBefore(last.getInstant().minus(last.getDuration()));
    }
}
