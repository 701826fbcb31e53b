// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hours in which phones are left alone, by the clock on their wall.
 *
 * <pre>{@code
 * new QuietHours(LocalTime.of(22, 0), LocalTime.of(7, 0), ZoneId.of("Europe/Berlin"))
 * }</pre>
 *
 * @param from when they begin
 * @param until when they are over, on the next day if that is earlier
 * @param elsewhere the zone of a device that has not said where it is
 */
public record QuietHours(LocalTime from, LocalTime until, ZoneId elsewhere) {

    public QuietHours {
        if (from.equals(until)) {
            throw new IllegalArgumentException(
                    "from and until must differ, were both " + from + ": leave quiet hours out where there are none");
        }
    }

    /** How long it is quiet from now on, nothing if it is not. */
    Duration left(Instant now, @Nullable ZoneId zone) {
        ZoneId where = zone == null ? elsewhere : zone;
        Instant end = now;
        // More than once where a zone left out the day on which they would have ended.
        while (holdAt(end.atZone(where).toLocalTime())) {
            end = endAfter(end, where);
        }
        return Duration.between(now, end);
    }

    private boolean holdAt(LocalTime time) {
        boolean begun = !time.isBefore(from);
        boolean before = time.isBefore(until);
        return from.isBefore(until) ? begun && before : begun || before;
    }

    /** The first time that wall clocks show the end. What they skip is over when they have, what they repeat twice. */
    private Instant endAfter(Instant now, ZoneId zone) {
        LocalDateTime wall = now.atZone(zone).toLocalDateTime();
        LocalDateTime end = wall.toLocalDate().atTime(until);
        if (!end.isAfter(wall)) {
            end = end.plusDays(1);
        }
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(end);
        if (offsets.isEmpty()) {
            ZoneOffsetTransition skipped = zone.getRules().getTransition(end);
            return skipped.getInstant();
        }
        for (ZoneOffset offset : offsets) {
            Instant shown = end.toInstant(offset);
            if (shown.isAfter(now)) {
                return shown;
            }
        }
        return end.plusDays(1).atZone(zone).toInstant();
    }
}
