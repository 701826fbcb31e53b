// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;

/**
 * How a worker runs the jobs of a queue.
 *
 * @param concurrency how many run at a time in this process
 * @param inClaim whether they run in the transaction that claims them, see {@link #runInClaim()}
 * @param limits what all workers together keep to
 */
public record QueuePolicy(int concurrency, boolean inClaim, QueueLimits limits) {

    /** Eight at a time: with two connections more that fits into a pool of ten. */
    public static final QueuePolicy STANDARD = new QueuePolicy(8, false, QueueLimits.NONE);

    /** As many as a claim holds at most: a commit costs as much as some hundred jobs, so that more would save little. */
    static final int LARGEST_CLAIM = 1_000;

    /** What a worker holds beyond what runs: another process could have begun it in that time. */
    private static final Duration AHEAD = Duration.ofMillis(100);

    public QueuePolicy {
        if (concurrency < 1 || concurrency > 10_000) {
            throw new IllegalArgumentException("concurrency must be from 1 to 10000, was " + concurrency);
        }
        if (inClaim && !limits.none()) {
            throw new IllegalArgumentException("jobs that run in the claim cannot have limits: they run one at a time"
                    + " in each process, " + limits);
        }
    }

    public static QueuePolicy of(int jobs) {
        return new QueuePolicy(jobs, false, QueueLimits.NONE);
    }

    /**
     * Runs up to 1,000 jobs in the one transaction that also claims and finishes them. Its jobs must be short, work on the
     * database alone and have handlers of {@code JdbiJobStore.inTransaction}: they cost a third, and their effects happen
     * exactly once. One that fails takes the others along; then each is run in a transaction of its own.
     */
    public static QueuePolicy runInClaim() {
        return new QueuePolicy(1, true, QueueLimits.NONE);
    }

    /** At most so many jobs of one {@link NewJob#key} run at a time, on all workers together. */
    public QueuePolicy perKey(int jobs) {
        return limited(new QueueLimits(jobs, limits.running(), limits.starts(), limits.window()));
    }

    /** At most so many jobs of the queue run at a time, on all workers together. */
    public QueuePolicy running(int jobs) {
        return limited(new QueueLimits(limits.perKey(), jobs, limits.starts(), limits.window()));
    }

    /**
     * At most so many jobs of the queue begin in any such time, on all workers together: what a provider takes.
     *
     * <pre>{@code
     * QueuePolicy.of(20).rate(600, Duration.ofSeconds(1))
     * }</pre>
     */
    public QueuePolicy rate(int jobs, Duration window) {
        return limited(new QueueLimits(limits.perKey(), limits.running(), jobs, window));
    }

    private QueuePolicy limited(QueueLimits by) {
        return new QueuePolicy(concurrency, inClaim, by);
    }

    /** How many jobs to hold, running or not, when one takes so long on average. A limit counts what is held as begun. */
    int capacity(long nanosOfAJob, boolean byTurns) {
        if (nanosOfAJob <= 0 || !limits.none()) {
            return concurrency;
        }
        if (byTurns) {
            return 2 * concurrency;
        }
        double ahead = (double) AHEAD.toNanos() / nanosOfAJob * concurrency;
        return (int) Math.max(concurrency, Math.min(LARGEST_CLAIM, concurrency + ahead));
    }
}
