// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.page.PageRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator sees of the jobs in a store, and what he does to them. A question costs the same whether ten jobs wait
 * or ten million: counts end at {@link #MOST_COUNTED} and lists come in pages. What a job carries is never shown.
 *
 * <pre>{@code
 * JobsView view = jobs.view();
 * view.pause("mail");
 * }</pre>
 */
public interface JobsView {

    /** Nobody waits for the number of a backlog's jobs to be read one by one. */
    int MOST_COUNTED = 10_000;

    /** For how long {@link #minutes} are kept. */
    Duration KEPT = Duration.ofDays(2);

    /** How the queues stand: those with jobs, those that are paused, and those that had runs within the hour. */
    Overview overview();

    /** The minutes up to now in which jobs ran, oldest first, for each queue that had runs. */
    List<Minute> minutes(Duration back);

    /** Jobs of a queue in the order in which they are claimed, those that are not due yet included. */
    Page<Line> waiting(String queue, PageRequest page);

    /** Jobs that failed and wait for their next attempt, the next one first. */
    Page<Line> retrying(PageRequest page);

    /** Jobs that a worker has, the earliest taken first. Those that run in the transaction that claims them are not seen. */
    Page<Line> running(PageRequest page);

    /** Dead jobs, the last first; of one kind, where one is named. */
    Page<Line> dead(@Nullable String kind, PageRequest page);

    /** Holds a queue still in the whole fleet, within a second: its jobs wait, those that run go on. False if it was paused. */
    boolean pause(String queue);

    /** False if it was not paused. */
    boolean resume(String queue);

    /** Makes a waiting job due now; false if it is due, or waits no more. */
    boolean runNow(long job);

    /** {@link JobStore#replay}. */
    boolean replay(long job);

    /** Lets up to so many dead jobs of a kind wait again with all their attempts, and says how many did. */
    int replayAll(String kind, int limit);

    /** Forgets a dead job for good; false if there is no such dead job. */
    boolean discard(long job);

    /**
     * A number of jobs, counted up to {@link #MOST_COUNTED}.
     *
     * @param more whether there are more than that
     */
    record Count(int jobs, boolean more) {

        /** Of what was counted up to one more than the most. */
        public static Count of(long found) {
            return new Count((int) Math.min(found, MOST_COUNTED), found > MOST_COUNTED);
        }
    }

    /**
     * How all of it stands.
     *
     * @param now the store's time
     * @param workers how many worker processes hold a lease
     * @param retrying how many jobs failed and wait for their next attempt
     * @param queues by name
     */
    record Overview(Instant now, int workers, Count retrying, List<Queue> queues) {

        public Overview {
            queues = List.copyOf(queues);
        }
    }

    /**
     * How a queue stands.
     *
     * @param waiting those that are not due yet included
     * @param oldestDue since when the one has been due that has been for longest; null where none is
     */
    record Queue(
            String name,
            boolean paused,
            Count waiting,
            Count due,
            Count running,
            Count dead,
            @Nullable Instant oldestDue) {}

    /**
     * What the runs of a queue came to in one minute, in all processes.
     *
     * @param began the minute's first moment
     */
    record Minute(Instant began, RunTally runs) {}

    /**
     * One job.
     *
     * @param attempts that have begun, the running one included
     * @param at when it is due, was taken or died, by its state
     * @param worker the process that has it, for a running one
     * @param error of its last attempt, where that failed; for an operator's eyes
     */
    record Line(
            long id,
            String queue,
            String kind,
            JobState state,
            int attempts,
            Instant at,
            @Nullable Long worker,
            @Nullable String error) {}
}
