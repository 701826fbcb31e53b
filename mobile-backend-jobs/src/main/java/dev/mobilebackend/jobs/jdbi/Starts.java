// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs have begun within the last window: a count for each twentieth of it, so that no window anywhere has more
 * than its number. What began in a twentieth counts until all of that is past.
 *
 * @param slot the twentieth that now is in
 * @param counts by twentieth, without those that are past
 */
record Starts(long slot, Map<Long, Integer> counts) {

    private static final int SLOTS = 20;

    /** How long until the next may be free. */
    static Duration slotOf(Duration window) {
        return window.dividedBy(SLOTS);
    }

    static Starts read(@Nullable String text, long nowMicros, Duration window) {
        long slot = Math.floorDiv(nowMicros, slotOf(window).toNanos() / 1_000);
        var counts = new TreeMap<Long, Integer>();
        if (text != null && !text.isEmpty()) {
            for (String count : text.split(",", -1)) {
                int colon = count.indexOf(':');
                long at = Long.parseLong(count.substring(0, colon));
                // One that lies ahead was counted in longer or shorter slots, before the window was changed.
                if (at >= slot - SLOTS && at <= slot) {
                    counts.put(at, Integer.parseInt(count.substring(colon + 1)));
                }
            }
        }
        return new Starts(slot, counts);
    }

    int number() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** As text, with some more that begin now. */
    String and(int more) {
        var all = new TreeMap<>(counts);
        all.merge(slot, more, Integer::sum);
        return all.entrySet().stream()
                .map(count -> count.getKey() + ":" + count.getValue())
                .collect(joining(","));
    }
}
