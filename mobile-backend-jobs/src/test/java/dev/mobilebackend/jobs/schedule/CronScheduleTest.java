// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronScheduleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 3 * * *         | 2030-01-01T03:00:00Z | 2030-01-02T03:00:00Z",
                "*/20 * * * *      | 2030-01-01T00:40:01Z | 2030-01-01T01:00:00Z",
                "5,35 8-10 * * *   | 2030-01-01T08:06:00Z | 2030-01-01T08:35:00Z",
                "10-30/10 0 * * *  | 2030-01-01T00:30:00Z | 2030-01-02T00:10:00Z",
                "0 0 * * MON       | 2030-01-01T00:00:00Z | 2030-01-07T00:00:00Z",
                "0 0 * * fri-sun   | 2030-01-04T00:00:00Z | 2030-01-05T00:00:00Z",
                "0 0 * * 7         | 2030-01-01T00:00:00Z | 2030-01-06T00:00:00Z",
                "0 0 1 JAN,Jul *   | 2030-01-01T00:00:00Z | 2030-07-01T00:00:00Z",
                "0 0 L * *         | 2030-02-01T00:00:00Z | 2030-02-28T00:00:00Z",
                "0 0 29 2 *        | 2096-03-01T00:00:00Z | 2104-02-29T00:00:00Z",
                "59 23 31 12 *     | 2030-12-31T23:58:59.999Z | 2030-12-31T23:59:00Z",
            })
    void theNextTickIsTheFirstThatTheFieldsMatch(String spec, Instant after, Instant next) {
        assertEquals(next, Schedule.cron(spec, ZoneOffset.UTC).next(after));
    }

    @Test
    void ofTwoRestrictedDaysEitherMatches() {
        Schedule schedule = Schedule.cron("0 0 13 * FRI", ZoneOffset.UTC);

        assertEquals(
                List.of("2030-01-04T00:00:00Z", "2030-01-11T00:00:00Z", "2030-01-13T00:00:00Z"),
                ticks(schedule, "2030-01-01T00:00:00Z", "2030-01-17T00:00:00Z"));
    }

    @Test
    void ofTwoDaysOneOfWhichBeginsWithAStarBothMatch() {
        Schedule schedule = Schedule.cron("0 0 */2 * FRI", ZoneOffset.UTC);

        assertEquals(
                List.of("2030-01-11T00:00:00Z", "2030-01-25T00:00:00Z"),
                ticks(schedule, "2030-01-01T00:00:00Z", "2030-01-31T00:00:00Z"));
    }

    @Test
    void aTimeInTheGapComesRightAfterIt() {
        Schedule schedule = Schedule.cron("30 2 * * *", ZoneId.of("Europe/Berlin"));

        assertEquals(
                List.of("2030-03-30T01:30:00Z", "2030-03-31T01:00:00Z", "2030-04-01T00:30:00Z"),
                ticks(schedule, "2030-03-29T12:00:00Z", "2030-04-01T12:00:00Z"));
    }

    @Test
    void allTimesInTheGapAndTheOneAtItsEndAreOneTick() {
        Schedule schedule = Schedule.cron("*/20 2,3 * * *", ZoneId.of("America/New_York"));

        assertEquals(
                List.of("2030-03-10T07:00:00Z", "2030-03-10T07:20:00Z", "2030-03-10T07:40:00Z"),
                ticks(schedule, "2030-03-10T00:00:00Z", "2030-03-10T12:00:00Z"));
    }

    @Test
    void aTimeThatComesTwiceCountsTheFirstTime() {
        Schedule schedule = Schedule.cron("30 2 * * *", ZoneId.of("Europe/Berlin"));

        assertEquals(List.of("2030-10-27T00:30:00Z"), ticks(schedule, "2030-10-26T12:00:00Z", "2030-10-27T12:00:00Z"));
    }

    @Test
    void anyTimeOfASecondPassIsPassedOverFromWithinItToo() {
        Schedule schedule = Schedule.cron("*/30 1-3 * * *", ZoneId.of("Europe/Berlin"));

        assertEquals(Instant.parse("2030-10-27T02:00:00Z"), schedule.next(Instant.parse("2030-10-27T01:10:00Z")));
    }

    @Test
    void everyHourGoesOnWithRealTime() {
        Schedule schedule = Schedule.cron("15 * * * *", ZoneId.of("Europe/Berlin"));

        assertEquals(
                List.of("2030-10-26T23:15:00Z", "2030-10-27T00:15:00Z", "2030-10-27T01:15:00Z", "2030-10-27T02:15:00Z"),
                ticks(schedule, "2030-10-26T23:00:00Z", "2030-10-27T03:00:00Z"));
        assertEquals(
                List.of("2030-03-31T00:15:00Z", "2030-03-31T01:15:00Z", "2030-03-31T02:15:00Z"),
                ticks(schedule, "2030-03-31T00:00:00Z", "2030-03-31T03:00:00Z"));
    }

    @Test
    void aDayThatTheCalendarSkipsEndsWithOneTick() {
        Schedule schedule = Schedule.cron("0 9 * * *", ZoneId.of("Pacific/Apia"));

        assertEquals(
                List.of("2011-12-29T19:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"),
                ticks(schedule, "2011-12-29T00:00:00Z", "2011-12-31T00:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "61 * * * *     | minute \"61\" must have each value from 0 to 59, was \"61\"",
                "0 1,24 * * *   | hour \"1,24\" must have each value from 0 to 23, was \"24\"",
                "0 0 0 * *      | day of month \"0\" must have each value from 1 to 31, was \"0\"",
                "0 0 * FOO *    | month \"FOO\" must have each value from 1 to 12 or from JAN to DEC, was \"FOO\"",
                "0 0 * * 8      | day of week \"8\" must have each value from 0 to 7 or from SUN to SAT, was \"8\"",
                "*/0 * * * *    | minute \"*/0\" must have each step from 1 to 59, was \"0\"",
                "5/15 * * * *   | minute \"5/15\" has a step after a single value, \"5/15\": write 5-59/15",
                "30-10 * * * *  | minute \"30-10\" must have its ranges rise, was \"30-10\"",
                "1-2-3 * * * *  | minute \"1-2-3\" must be made of a-b/n, was \"1-2-3\"",
                "1,, * * * *    | minute \"1,,\" must have each value from 0 to 59, was \"\"",
                "0 0 30 2 *     | no day of the month and month match the calendar: it would never run",
            })
    void aWrongFieldIsNamedWithWhatItMayBe(String spec, String why) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Schedule.cron(spec, ZoneOffset.UTC));

        assertEquals("cron \"" + spec + "\": " + why, refused.getMessage());
    }

    @Test
    void anotherNumberOfFieldsIsRefused() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Schedule.cron("0 0 3 * * *", ZoneOffset.UTC));

        assertEquals(
                "cron must have five fields, minute, hour, day of month, month and day of week, was \"0 0 3 * * *\"",
                refused.getMessage());
    }

    private static List<String> ticks(Schedule schedule, String from, String to) {
        var ticks = new ArrayList<String>();
        Instant end = Instant.parse(to);
        Instant tick = schedule.next(Instant.parse(from));
        while (!tick.isAfter(end)) {
            ticks.add(tick.toString());
            tick = schedule.next(tick);
        }
        return ticks;
    }
}
