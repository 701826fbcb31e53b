// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.ClaimedJob;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.array.SqlArrayTypes;

/**
 * Finishes the last batch and claims the next in one statement. Rows that another transaction holds are skipped; the
 * claimed ids become an array, which keeps the planner from reading the table when it misjudges how many there are.
 */
record PostgresClaiming(SqlTime time) implements Claiming {

    @Override
    public List<ClaimedJob> finishAndClaim(Handle handle, long owner, List<Claim> done, int limit) {
        handle.getConfig(SqlArrayTypes.class).register(Long.class, "bigint").register(Integer.class, "integer");
        return time.bind(handle.createQuery("""
                        WITH done AS (
                            DELETE FROM mb_job j USING unnest(:jobs, :owners, :attempts) AS d (id, owner, attempt)
                            WHERE j.id = d.id AND j.owner = d.owner AND j.attempt = d.attempt
                        ), due AS MATERIALIZED (
                            SELECT id FROM mb_job
                            WHERE state = 0 AND run_at <= %s AND EXISTS (SELECT 1 FROM mb_job_worker WHERE id = :owner)
                            ORDER BY run_at, id LIMIT :limit FOR UPDATE SKIP LOCKED
                        ), claimed AS (
                            UPDATE mb_job SET state = 1, owner = :owner, attempt = attempt + 1
                            WHERE id = ANY (ARRAY(SELECT id FROM due))
                            RETURNING id, attempt, kind, payload, run_at
                        )
                        SELECT id, attempt, kind, payload FROM claimed ORDER BY run_at, id
                        """.formatted(time.now())))
                .bindArray("jobs", Long.class, done.stream().map(Claim::job).toList())
                .bindArray("owners", Long.class, done.stream().map(Claim::owner).toList())
                .bindArray(
                        "attempts",
                        Integer.class,
                        done.stream().map(Claim::attempt).toList())
                .bind("owner", owner)
                .bind("limit", limit)
                .map(Claiming.claimedBy(owner))
                .list();
    }

    @Override
    public String lockingClause() {
        return "FOR UPDATE SKIP LOCKED";
    }
}
