// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;

/**
 * What became of the runs of a queue's jobs in some span of time.
 *
 * @param done how many succeeded
 * @param failed how many failed and are tried again
 * @param dead how many failed for the last time
 * @param ran how long all of them took together
 * @param longestRun how long the longest took
 * @param waited how long all of them had been due, together, when a worker took them
 * @param longestWait how long the one that waited longest had been due
 */
public record RunTally(
        String queue,
        long done,
        long failed,
        long dead,
        Duration ran,
        Duration longestRun,
        Duration waited,
        Duration longestWait) {

    /** Nothing ran. */
    public static RunTally none(String queue) {
        return new RunTally(queue, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /** How many runs these are. */
    public long runs() {
        return done + failed + dead;
    }

    /** How long a run took on average; nothing where nothing ran. */
    public Duration meanRun() {
        return runs() == 0 ? Duration.ZERO : ran.dividedBy(runs());
    }

    /** How long a job had been due on average when a worker took it. */
    public Duration meanWait() {
        return runs() == 0 ? Duration.ZERO : waited.dividedBy(runs());
    }

    /** Both together, under this one's queue. */
    public RunTally plus(RunTally other) {
        return new RunTally(
                queue,
                done + other.done,
                failed + other.failed,
                dead + other.dead,
                ran.plus(other.ran),
                longer(longestRun, other.longestRun),
                waited.plus(other.waited),
                longer(longestWait, other.longestWait));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
