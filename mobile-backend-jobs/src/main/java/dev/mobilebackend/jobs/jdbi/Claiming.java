// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.jobs.Pulse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The steps in which the databases differ most: what is due moves into a claim, and a claim ends. */
interface Claiming {

    /**
     * What a claim of jobs without a key found.
     *
     * @param batch null if none is due
     * @param keyed whether jobs with a key wait in the queue
     */
    record Found(@Nullable Batch batch, boolean keyed) {}

    /**
     * Ends claims and makes the next, in one statement where the database can.
     *
     * @param whole batches of which all jobs have ended, which are deleted
     * @param part batches of which some have ended, which is noted
     */
    Found finishAndClaim(Handle handle, long owner, List<Long> whole, List<Batch> part, String queue, int limit)
            throws SQLException;

    /** Deletes the marks of claims that go, where no reference does. */
    void forgetMarks(Handle handle, Collection<Long> batches);

    /** Ends claims without making another. */
    void finish(Handle handle, long owner, List<Long> whole, List<Batch> part) throws SQLException;

    /** Deletes what is due and has no key, and returns it in its order, for the transaction that keeps or runs it. */
    List<StoredJob> take(Handle handle, long owner, String queue, int limit) throws SQLException;

    /** Makes a claim of jobs that were taken. */
    Batch keep(Handle handle, long owner, String queue, List<StoredJob> jobs) throws SQLException;

    /** The keys after one that have jobs waiting in a queue, in their order. */
    List<String> keys(Handle handle, String queue, String after, int limit) throws SQLException;

    /**
     * Deletes jobs with a key that are due and returns them: first one of each key, then another of each.
     *
     * @param most how many of each key at most
     */
    List<StoredJob> takeKeyed(Handle handle, String queue, Map<String, Integer> most, int limit) throws SQLException;

    /** The batches with these ids; those that are gone are left out. */
    List<Batch> load(Handle handle, Collection<Long> batches) throws SQLException;

    /** Ids of batches that no transaction of a job is under way in, locked until the transaction ends. */
    List<Long> lockOrphans(Handle handle, int limit);

    Pulse beat(Handle handle, long owner, Duration lease, Set<String> queues) throws SQLException;
}
