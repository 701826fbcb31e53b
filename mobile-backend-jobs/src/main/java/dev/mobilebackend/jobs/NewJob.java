// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A job on its way into a store: what to do, and how long to wait before doing it.
 *
 * <pre>{@code
 * NewJob.of(new RemindOfCart(cart.id())).after(Duration.ofHours(24)).queue("mail").priority(JobPriority.LOW)
 * }</pre>
 *
 * @param kind the stable name that finds its handler
 * @param payload its record as JSON; not part of {@link #toString}
 * @param delay how long it waits, counted from when it is enqueued
 * @param queue which of a worker's queues it waits in
 * @param priority which of the due jobs of its queue come first
 * @param ties to other jobs, or to a person
 */
public record NewJob(String kind, String payload, Duration delay, String queue, JobPriority priority, JobTies ties) {

    /** Where a job waits unless it says otherwise; every worker serves it. */
    public static final String DEFAULT_QUEUE = "default";

    /** A payload names what to work on; what is larger belongs in a table or a file of its own. */
    public static final int LONGEST_PAYLOAD = 65_536;

    /** What a payload that a store has sealed begins with; JSON never does. */
    public static final String SEALED = "sealed:";

    static final Duration LONGEST_DELAY = Duration.ofDays(3_650);
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");

    public NewJob {
        requireName("kind", kind);
        requireName("queue", queue);
        requireNonNull(priority, "priority must not be null: leave it out for NORMAL");
        requireNonNull(ties, "ties must not be null");
        if (payload.length() > LONGEST_PAYLOAD) {
            throw new IllegalArgumentException("the payload of a " + kind + " job must have at most " + LONGEST_PAYLOAD
                    + " characters, had " + payload.length() + ": store what is large and name it in the payload");
        }
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("delay must be from PT0S to " + LONGEST_DELAY + ", was " + delay);
        }
    }

    /** In the default queue, with the normal priority. */
    public NewJob(String kind, String payload, Duration delay) {
        this(kind, payload, delay, DEFAULT_QUEUE, JobPriority.NORMAL, JobTies.NONE);
    }

    /**
     * Runs as soon as a worker is free.
     *
     * @throws IllegalArgumentException if the record carries no {@link JobKind} or cannot be written as JSON
     */
    public static NewJob of(Record job) {
        return new NewJob(kindOf(job.getClass()), Payload.write(job), Duration.ZERO);
    }

    public NewJob after(Duration wait) {
        return new NewJob(kind, payload, wait, queue, priority, ties);
    }

    /** Waits in a queue of its own, which a worker must serve: see {@link Worker.Builder#queue}. */
    public NewJob queue(String name) {
        return new NewJob(kind, payload, delay, name, priority, ties);
    }

    public NewJob priority(JobPriority rank) {
        return new NewJob(kind, payload, delay, queue, rank, ties);
    }

    /**
     * Shares its queue fairly: keys take turns, whatever the number of jobs that each has waiting, and
     * a worker can limit how many of one run at a time. Such as the tenant.
     */
    public NewJob key(String name) {
        return tied(ties.withKey(name, false));
    }

    /**
     * Runs after the jobs of the same key in its queue that were enqueued before it, and not beside them: while one of
     * them waits for its next attempt or its time, the others wait too; a dead one holds nobody up. Transactions that
     * overlap have no order. Such as the order that events are about. Keys take turns as with {@link #key}.
     */
    public NewJob inOrder(String name) {
        return tied(ties.withKey(name, true));
    }

    /** Stands for others of its kind, which then add nothing. */
    public NewJob unique(Unique stands) {
        return tied(ties.withUnique(requireNonNull(stands, "unique must not be null: such as Unique.of(key)")));
    }

    /** Lets its owner, such as the subject of a token, read how it goes and what came of it. */
    public NewJob tracked(String owner) {
        return tied(ties.withOwner(owner));
    }

    /** Belongs to a step of a flow, which sets this. */
    public NewJob step(long id) {
        return tied(ties.withStep(id));
    }

    private NewJob tied(JobTies to) {
        return new NewJob(kind, payload, delay, queue, priority, to);
    }

    /** Refuses what is no name of a kind or a queue. */
    public static void requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + " must be up to 64 lower case letters, digits, dots and hyphens, was \"" + name + "\"");
        }
    }

    static String kindOf(Class<? extends Record> type) {
        JobKind kind = type.getAnnotation(JobKind.class);
        if (kind == null) {
            throw new IllegalArgumentException(
                    type.getName() + " must carry @JobKind(\"...\"), the name it is stored under");
        }
        return kind.value();
    }

    @Override
    public String toString() {
        return "NewJob[kind=" + kind + ", delay=" + delay + ", queue=" + queue + ", priority=" + priority + "]";
    }
}
