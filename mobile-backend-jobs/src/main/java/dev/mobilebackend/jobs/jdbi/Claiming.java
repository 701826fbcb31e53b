// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.jobs.Pulse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The steps in which the databases differ most: what is due moves into a claim, and a claim ends. */
interface Claiming {

    /**
     * Ends claims and makes the next, in one statement where the database can.
     *
     * @param whole batches of which all jobs have ended, which are deleted
     * @param part batches of which some have ended, which is noted
     * @return what was claimed, or null if nothing is due
     */
    @Nullable
    Batch finishAndClaim(Handle handle, long owner, List<Long> whole, List<Batch> part, String queue, int limit)
            throws SQLException;

    /** Deletes what is due and returns it, for the transaction that also runs it. */
    List<StoredJob> take(Handle handle, long owner, String queue, int limit) throws SQLException;

    /** The batches with these ids; those that are gone are left out. */
    List<Batch> load(Handle handle, Collection<Long> batches) throws SQLException;

    /** Ids of batches that no transaction of a job is under way in, locked until the transaction ends. */
    List<Long> lockOrphans(Handle handle, int limit);

    Pulse beat(Handle handle, long owner, Duration lease, Set<String> queues) throws SQLException;
}
