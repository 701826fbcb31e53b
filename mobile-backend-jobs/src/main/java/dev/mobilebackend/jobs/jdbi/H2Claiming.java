// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.ClaimedJob;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Reads what is due without a lock, then claims each row on the condition that it still waits: H2's SKIP LOCKED locks
 * every row that matches, not the few that are asked for.
 */
record H2Claiming(SqlTime time) implements Claiming {

    @Override
    public List<ClaimedJob> finishAndClaim(Handle handle, long owner, List<Claim> done, int limit) {
        delete(handle, done);
        List<ClaimedJob> due = time.bind(handle.createQuery("""
                        SELECT id, attempt + 1 AS attempt, kind, payload FROM mb_job
                        WHERE state = 0 AND run_at <= %s AND EXISTS (SELECT 1 FROM mb_job_worker WHERE id = :owner)
                        ORDER BY state, run_at, id LIMIT :limit
                        """.formatted(time.now())))
                .bind("owner", owner)
                .bind("limit", limit)
                .map(Claiming.claimedBy(owner))
                .list();
        return claim(handle, due);
    }

    @Override
    public String lockingClause() {
        return "";
    }

    private static void delete(Handle handle, List<Claim> done) {
        if (done.isEmpty()) {
            return;
        }
        PreparedBatch batch =
                handle.prepareBatch("DELETE FROM mb_job WHERE id = :job AND owner = :owner AND attempt = :attempt");
        done.forEach(claim -> batch.bindMethods(claim).add());
        batch.execute();
    }

    private static List<ClaimedJob> claim(Handle handle, List<ClaimedJob> due) {
        if (due.isEmpty()) {
            return due;
        }
        PreparedBatch batch = handle.prepareBatch("""
                UPDATE mb_job SET state = 1, owner = :owner, attempt = :attempt
                WHERE id = :job AND state = 0 AND attempt = :attempt - 1
                """);
        due.forEach(job -> batch.bindMethods(job.claim()).add());
        int[] changed = batch.execute();
        var claimed = new ArrayList<ClaimedJob>();
        for (int i = 0; i < changed.length; i++) {
            if (changed[i] == 1) {
                claimed.add(due.get(i));
            }
        }
        return claimed;
    }
}
