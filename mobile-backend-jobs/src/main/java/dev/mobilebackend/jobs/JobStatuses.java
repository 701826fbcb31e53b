// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;
import java.util.Optional;

/**
 * What becomes of {@link NewJob#tracked} jobs, for their owners. It is kept after they have ended, until it is purged.
 * Thread safe.
 */
public interface JobStatuses {

    /**
     * What the owner of a job knows it by.
     *
     * @throws IllegalArgumentException if the job is not tracked, or its status was purged
     */
    String idOf(long job);

    /** Empty for whoever does not own it, as if it did not exist. */
    Optional<JobStatus> find(String owner, String id);

    /** {@link JobStore#cancel}, for the owner; {@link Cancellation#NOT_FOUND} for others. */
    Cancellation cancel(String owner, String id);

    /** Forgets all of an owner's, such as one whose account is deleted; the jobs themselves go on. Says how many. */
    int forget(String owner);

    /**
     * Forgets some that ended so long ago; to be called from time to time, in no transaction.
     *
     * @return how many; if as many as asked for, there may be more
     */
    int purge(Duration age, int atMost);
}
