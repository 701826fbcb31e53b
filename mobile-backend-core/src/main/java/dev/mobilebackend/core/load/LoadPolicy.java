// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import dev.mobilebackend.core.exchange.Priority;

/**
 * How many requests may be worked on at once. The limit begins at {@code start}, goes where the measured throughput
 * leads it as long as requests are refused, and comes back to {@code start} when none are. Less urgent requests stop at
 * their share of it, so that the rest is there for those of somebody who waits.
 *
 * @param minimum the limit never goes below, at least 1
 * @param start the limit while nothing is refused; keep it below the number of threads of the container
 * @param maximum the limit never goes above, at most 100,000
 * @param normalPercent the part of the limit that requests of no stated priority may fill, with all more urgent ones
 * @param backgroundPercent the part that background requests may fill, with all more urgent ones
 */
public record LoadPolicy(int minimum, int start, int maximum, int normalPercent, int backgroundPercent) {

    private static final int MOST = 100_000;

    public LoadPolicy {
        if (minimum < 1 || minimum > start || start > maximum || maximum > MOST) {
            throw new IllegalArgumentException("minimum, start and maximum must ascend between 1 and 100,000, were "
                    + minimum + ", " + start + " and " + maximum);
        }
        if (backgroundPercent < 1 || backgroundPercent > normalPercent || normalPercent > 100) {
            throw new IllegalArgumentException("the shares of background and normal requests must ascend between 1 and"
                    + " 100 percent, were " + backgroundPercent + " and " + normalPercent);
        }
    }

    /** A limit that finds itself: begins at 64, which an application of ordinary size never has in flight. */
    public static LoadPolicy adaptive() {
        return new LoadPolicy(16, 64, 1_000, 90, 50);
    }

    /** A limit that stays where it is. */
    public static LoadPolicy fixed(int limit) {
        return new LoadPolicy(limit, limit, limit, 90, 50);
    }

    /** No limit in practice: only deadlines are kept. */
    public static LoadPolicy unlimited() {
        return new LoadPolicy(MOST, MOST, MOST, 100, 100);
    }

    /** How many of a limit's requests may be in flight for one of a priority still to be let in. */
    int share(int limit, Priority priority) {
        int percent =
                switch (priority) {
                    case USER_ACTION -> 100;
                    case NORMAL -> normalPercent;
                    case BACKGROUND -> backgroundPercent;
                };
        return Math.max(1, (int) ((long) limit * percent / 100));
    }
}
