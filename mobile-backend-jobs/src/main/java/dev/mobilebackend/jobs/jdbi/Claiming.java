// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.jobs.Claim;
import dev.mobilebackend.jobs.ClaimedJob;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** The step in which the databases differ most: deleting what is done and claiming what is due. */
interface Claiming {

    List<ClaimedJob> finishAndClaim(Handle handle, long owner, List<Claim> done, int limit);

    /** What ends a SELECT of rows that the same transaction changes. */
    String lockingClause();

    static RowMapper<ClaimedJob> claimedBy(long owner) {
        return (row, context) -> new ClaimedJob(
                new Claim(row.getLong("id"), owner, row.getInt("attempt")),
                row.getString("kind"),
                row.getString("payload"));
    }
}
