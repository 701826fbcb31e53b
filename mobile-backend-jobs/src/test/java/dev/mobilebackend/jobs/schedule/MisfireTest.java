// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MisfireTest {

    private static final Instant MIDNIGHT = Instant.parse("2030-01-01T00:00:00Z");
    private static final Schedule HOURLY = Schedule.cron("0 * * * *", ZoneOffset.UTC);

    @ParameterizedTest
    @EnumSource
    void aTickThatIsLateByLessThanTheGraceRuns(Misfire policy) {
        assertEquals(List.of(MIDNIGHT), policy.owed(HOURLY, MIDNIGHT, MIDNIGHT.plus(Misfire.GRACE)));
    }

    @ParameterizedTest
    @EnumSource
    void eachTickInTheGraceRuns(Misfire policy) {
        Schedule quick = Schedule.every(Duration.ofSeconds(20));

        assertEquals(
                List.of(MIDNIGHT, MIDNIGHT.plusSeconds(20), MIDNIGHT.plusSeconds(40)),
                policy.owed(quick, MIDNIGHT, MIDNIGHT.plusSeconds(59)));
    }

    @Test
    void missedTicksAreLeftOutRunOnceOrAllRun() {
        Instant now = MIDNIGHT.plus(Duration.ofMinutes(150));

        assertEquals(List.of(), Misfire.SKIP.owed(HOURLY, MIDNIGHT, now));
        assertEquals(List.of(hour(2)), Misfire.ONCE.owed(HOURLY, MIDNIGHT, now));
        assertEquals(List.of(hour(0), hour(1), hour(2)), Misfire.ALL.owed(HOURLY, MIDNIGHT, now));
    }

    @Test
    void aTickOnTimeStandsForThoseThatWereMissed() {
        assertEquals(List.of(hour(2)), Misfire.ONCE.owed(HOURLY, MIDNIGHT, hour(2)));
        assertEquals(List.of(hour(2)), Misfire.SKIP.owed(HOURLY, MIDNIGHT, hour(2)));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 1_000, 1_000_000})
    void afterALongOutageTheLastOfTheTicksRun(int hours) {
        List<Instant> owed = Misfire.ALL.owed(HOURLY, MIDNIGHT, hour(hours));

        assertEquals(Misfire.MOST, owed.size());
        assertEquals(hour(hours - Misfire.MOST + 1), owed.get(0));
        assertEquals(hour(hours), owed.get(owed.size() - 1));
    }

    @Test
    void intervalsAreCountedFromTheEpoch() {
        Schedule schedule = Schedule.every(Duration.ofMinutes(7));

        assertEquals(Instant.ofEpochSecond(420), schedule.next(Instant.EPOCH));
        assertEquals(Instant.EPOCH, schedule.next(Instant.EPOCH.minusNanos(1)));
        assertEquals(schedule, Schedule.parse(schedule.spec(), schedule.zone()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.5S", "PT1.5S", "-PT1S", "P3651D"})
    void anIntervalThatIsNotWholeSecondsOrTooLongIsRefused(Duration interval) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Schedule.every(interval));

        assertEquals("interval must be whole seconds from PT1S to PT87600H, was " + interval, refused.getMessage());
    }

    private static Instant hour(int number) {
        return MIDNIGHT.plus(Duration.ofHours(number));
    }
}
