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

    /** One job of one batch: it may be in another by now. */
    record Place(long batch, long job) {}

    /** Which jobs of these batches have such a mark. */
    Set<Place> places(Handle handle, Collection<Long> batches, boolean ended) {
        if (batches.isEmpty()) {
            return Set.of();
        }
        return new HashSet<>(
                handle.createQuery("SELECT claim, job FROM mb_jobs_mark WHERE claim IN (<batches>) AND ended = :ended")
                        .bindList("batches", List.copyOf(batches))
                        .bind("ended", ended)
                        .map((row, context) -> new Place(row.getLong("claim"), row.getLong("job")))
                        .list());
    }

    private boolean set(Handle handle, Claim claim, boolean ended) {
        // Without the lock, the reference would fail on a claim that is rescued between the look and the insert.
        return dialect.insertIfAbsent(
                        handle,
                        dialect == Dialect.POSTGRESQL ? INSERT + " FOR KEY SHARE" : INSERT,
                        Map.of("batch", claim.batch(), "owner", claim.owner(), "job", claim.job(), "ended", ended))
                && (dialect != Dialect.MARIADB || standsStill(handle, claim));
    }

    /** No reference fails there on a claim that was rescued meanwhile: whoever rescued it has set this mark before. */
    private static boolean standsStill(Handle handle, Claim claim) {
        boolean stands = handle.createQuery("SELECT count(*) FROM mb_jobs_claimed WHERE id = :batch AND owner = :owner")
                        .bind("batch", claim.batch())
                        .bind("owner", claim.owner())
                        .mapTo(Integer.class)
                        .one()
                == 1;
        if (!stands) {
            handle.createUpdate("DELETE FROM mb_jobs_mark WHERE claim = :batch AND job = :job")
                    .bind("batch", claim.batch())
                    .bind("job", claim.job())
                    .execute();
        }
        return stands;
    }
}
