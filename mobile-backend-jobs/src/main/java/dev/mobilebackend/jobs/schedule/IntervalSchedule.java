// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Ticks at the whole multiples of an interval since the epoch. */
record IntervalSchedule(Duration interval) implements Schedule {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(3_650);

    IntervalSchedule {
        if (interval.compareTo(SHORTEST) < 0
                || interval.compareTo(LONGEST) > 0
                || !interval.equals(Duration.ofSeconds(interval.toSeconds()))) {
            throw new IllegalArgumentException(
                    "interval must be whole seconds from " + SHORTEST + " to " + LONGEST + ", was " + interval);
        }
    }

    @Override
    public Instant next(Instant after) {
        long length = interval.toSeconds();
        return Instant.ofEpochSecond((Math.floorDiv(after.getEpochSecond(), length) + 1) * length);
    }

    @Override
    public String spec() {
        return interval.toString();
    }

    @Override
    public ZoneId zone() {
        return ZoneOffset.UTC;
    }
}
