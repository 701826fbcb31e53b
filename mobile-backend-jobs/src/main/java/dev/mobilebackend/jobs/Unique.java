// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says that a job stands for others of its kind: while it does, enqueuing one with the same key adds nothing and
 * returns the id of the one that stands.
 *
 * <pre>{@code
 * jobs.enqueue(handle, NewJob.of(new IndexPage(page)).unique(Unique.whileWaiting(page)))
 * }</pre>
 *
 * @param key what is the same, up to 200 characters
 * @param untilClaimed whether it stands only until its first attempt begins; otherwise until it is done or dead
 * @param window if not null, it stands for so long from when it was enqueued instead, whether it has ended or not
 */
public record Unique(
        String key, boolean untilClaimed, @Nullable Duration window) {

    public Unique {
        JobTies.requireKey("unique key", key);
        if (window != null && (window.isNegative() || window.isZero() || window.compareTo(NewJob.LONGEST_DELAY) > 0)) {
            throw new IllegalArgumentException(
                    "a window must be from PT0.000001S to " + NewJob.LONGEST_DELAY + ", was " + window);
        }
        if (window != null && untilClaimed) {
            throw new IllegalArgumentException(
                    "either untilClaimed or a window, not both: a window does not look at" + " what became of the job");
        }
    }

    /** Until the job is done or dead: the same is not asked for again while it is being worked on. */
    public static Unique of(String key) {
        return new Unique(key, false, null);
    }

    /**
     * Until its first attempt begins: what changes after that has a job of its own. A transaction that added nothing for
     * the sake of a waiting one commits before that one begins, which so sees what the transaction changed.
     */
    public static Unique whileWaiting(String key) {
        return new Unique(key, true, null);
    }

    /** At most one in so long a time. */
    public static Unique within(String key, Duration window) {
        return new Unique(key, false, window);
    }
}
