// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;

/**
 * What becomes of ticks that nobody was there for, which are those older than {@link #GRACE}. A tick that is younger
 * runs by any policy.
 */
public enum Misfire {
    /** They are left out. */
    SKIP,

    /** The last of them runs, unless a tick runs on time right now, which stands for them too. */
    ONCE,

    /** Each of them runs, of more than {@link #MOST} the last. */
    ALL;

    /** How late a tick may be without having been missed. */
    public static final Duration GRACE = Duration.ofMinutes(1);

    /** How many ticks run after an outage at the most, by any policy. */
    public static final int MOST = 100;

    /**
     * The ticks that are to run now, in order.
     *
     * @param first the first that has not run, at or before now
     */
    public List<Instant> owed(Schedule schedule, Instant first, Instant now) {
        List<Instant> due = last(schedule, first, now);
        List<Instant> onTime =
                due.stream().filter(tick -> !tick.isBefore(now.minus(GRACE))).toList();
        return switch (this) {
            case SKIP -> onTime;
            case ONCE -> onTime.isEmpty() ? due.subList(due.size() - 1, due.size()) : onTime;
            case ALL -> due;
        };
    }

    /** Looks back twice as far until there are enough: the ticks of a long outage may be too many to walk through. */
    private static List<Instant> last(Schedule schedule, Instant first, Instant now) {
        Duration back = GRACE.multipliedBy(2);
        while (true) {
            boolean whole = !first.isBefore(now.minus(back));
            var ticks = new ArrayDeque<Instant>();
            Instant tick = whole ? first : schedule.next(now.minus(back));
            while (!tick.isAfter(now)) {
                ticks.addLast(tick);
                if (ticks.size() > MOST) {
                    ticks.removeFirst();
                }
                tick = schedule.next(tick);
            }
            if (whole || ticks.size() == MOST) {
                return List.copyOf(ticks);
            }
            back = back.multipliedBy(2);
        }
    }
}
