// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.jobs.Claim;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * What is told of single jobs of a batch: that one began, or that it ended. Whoever sets the mark that a job ended has
 * ended it, and its key lets nobody do so twice: a second one waits for the transaction of the first.
 */
record JobMarks(Dialect dialect) {

    private static final String INSERT = "INSERT INTO mb_jobs_mark (claim, job, ended)"
            + " SELECT id, :job, :ended FROM mb_jobs_claimed WHERE id = :batch AND owner = :owner";

    /** False if somebody else has ended the job, or the claim is lost. */
    boolean end(Handle handle, Claim claim) {
        return set(handle, claim, true);
    }

    /** False if the claim is lost. */
    boolean begin(Handle handle, Claim claim) {
        return set(handle, claim, false)
                || handle.createQuery(
                                        "SELECT count(*) FROM mb_jobs_mark WHERE claim = :batch AND job = :job AND NOT ended")
                                .bind("batch", claim.batch())
                                .bind("job", claim.job())
                                .mapTo(Integer.class)
                                .one()
                        == 1;
    }

    /** Which jobs of these batches have such a mark. */
    Set<Long> jobs(Handle handle, Collection<Long> batches, boolean ended) {
        if (batches.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(
                handle.createQuery("SELECT job FROM mb_jobs_mark WHERE claim IN (<batches>) AND ended = :ended")
                        .bindList("batches", List.copyOf(batches))
                        .bind("ended", ended)
                        .mapTo(Long.class)
                        .list());
    }

    private boolean set(Handle handle, Claim claim, boolean ended) {
        return dialect.insertIfAbsent(
                handle,
                INSERT,
                Map.of("batch", claim.batch(), "owner", claim.owner(), "job", claim.job(), "ended", ended));
    }
}
