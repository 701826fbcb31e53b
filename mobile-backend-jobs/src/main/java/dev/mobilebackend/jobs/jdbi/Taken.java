// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.jobs.JobState;
import dev.mobilebackend.jobs.JobsView.Line;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What workers have, read from the rows of their claims; on PostgreSQL without the payloads. */
record Taken(Dialect dialect) {

    /** What has not ended of jobs that were claimed together, by id. */
    record Claimed(long batch, List<Line> lines) {}

    /** Up to so many claims in the order in which they were made, from that batch on. */
    List<Claimed> after(Handle handle, long batch, int limit) {
        String columns = dialect == Dialect.POSTGRESQL ? "ids, attempts, kinds" : "jobs";
        return handle.createQuery("SELECT id, owner, claimed_at, queue, ended, " + columns
                        + " FROM mb_jobs_claimed WHERE id >= :batch ORDER BY id LIMIT :limit")
                .bind("batch", batch)
                .bind("limit", limit)
                .map((row, context) -> new Claimed(row.getLong("id"), lines(row)))
                .list();
    }

    private List<Line> lines(ResultSet row) throws SQLException {
        String queue = row.getString("queue");
        BitSet ended = Batch.bits(row.getBytes("ended"));
        Instant at = row.getObject("claimed_at", OffsetDateTime.class).toInstant();
        var all = new ArrayList<Line>();
        if (dialect == Dialect.POSTGRESQL) {
            Long[] ids = array(row, "ids", Long[].class);
            Integer[] attempts = array(row, "attempts", Integer[].class);
            String[] kinds = array(row, "kinds", String[].class);
            for (int i = 0; i < ids.length; i++) {
                all.add(line(ids[i], queue, kinds[i], attempts[i], at, row.getLong("owner")));
            }
        } else {
            for (StoredJob job : StoredJobs.read(row.getString("jobs"), queue)) {
                all.add(line(job.id(), queue, job.kind(), job.attempt(), at, row.getLong("owner")));
            }
        }
        all.sort(Comparator.comparingLong(Line::id));
        var left = new ArrayList<Line>();
        for (int place = 0; place < all.size(); place++) {
            if (!ended.get(place)) {
                left.add(all.get(place));
            }
        }
        return left;
    }

    private static Line line(long id, String queue, String kind, int attempt, Instant at, @Nullable Long owner) {
        return new Line(id, queue, kind, JobState.RUNNING, attempt + 1, at, owner, null);
    }

    private static <T> T array(ResultSet row, String column, Class<T> type) throws SQLException {
        return type.cast(row.getArray(column).getArray());
    }
}
