// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule.jdbi;

import dev.mobilebackend.jobs.schedule.Schedule;
import dev.mobilebackend.jobs.schedule.ScheduleState;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A schedule's row, and the database's time when it was read. */
record ScheduleRow(
        String name,
        String spec,
        String zone,
        Instant next,
        @Nullable Instant last,
        Instant confirmed,
        boolean paused,
        Instant now) {

    boolean isDue() {
        return !paused && !next.isAfter(now);
    }

    boolean isOf(Schedule schedule) {
        return spec.equals(schedule.spec()) && zone.equals(schedule.zone().getId());
    }

    boolean isUnconfirmedFor(Duration time) {
        return !confirmed.plus(time).isAfter(now);
    }

    /** Empty if a newer version of the library wrote what this one cannot read. */
    Optional<Schedule> schedule() {
        try {
            return Optional.of(Schedule.parse(spec, ZoneId.of(zone)));
        } catch (IllegalArgumentException | DateTimeException unknown) {
            return Optional.empty();
        }
    }

    ScheduleRow movedTo(Instant tick, List<Instant> enqueued) {
        Instant newest = enqueued.isEmpty() ? last : enqueued.get(enqueued.size() - 1);
        return new ScheduleRow(name, spec, zone, tick, newest, confirmed, paused, now);
    }

    Duration idle(Duration most) {
        Duration untilNext = Duration.between(now, next);
        return paused || untilNext.compareTo(most) > 0 ? most : isDue() ? Duration.ofSeconds(1) : untilNext;
    }

    ScheduleState state() {
        return new ScheduleState(name, spec, zone, next, last, paused);
    }
}
