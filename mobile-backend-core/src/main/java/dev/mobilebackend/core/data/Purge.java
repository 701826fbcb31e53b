// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.data;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Deletes rows of one table that have run out, a few at a time, beside all that goes on there. A row that somebody
 * renews meanwhile stays, whether or not they have committed, and nobody is waited for: what another transaction has
 * locked is left for the next time. So no two purges, and no purge and a request, ever wait for each other.
 *
 * <pre>{@code
 * private static final Purge EXPIRED = Purge.of("ticket", "ends_at <= :now").inOrderOf("ends_at");
 *
 * int purged = EXPIRED.run(database, Map.of("now", now.atOffset(ZoneOffset.UTC)), 1_000);
 * }</pre>
 */
public final class Purge {

    /** H2 takes nothing shorter; a lock that is not free at once is left alone. */
    private static final Duration NO_WAIT = Duration.ofMillis(1);

    private final String table;
    private final String condition;
    private final String order;

    private Purge(String table, String condition, String order) {
        this.table = requireNonNull(table, "table must not be null");
        this.condition = requireNonNull(condition, "condition must not be null");
        this.order = order;
    }

    /** What deletes the rows for which an SQL condition holds, which may have named parameters. */
    public static Purge of(String table, String condition) {
        return new Purge(table, condition, "");
    }

    /** The same by a column that has an index, so that nobody reads the whole table where there is little to delete. */
    public Purge inOrderOf(String column) {
        return new Purge(table, condition, " ORDER BY " + column);
    }

    /**
     * Deletes some of the rows. Called in no transaction: one would keep what is deleted locked to its own end.
     *
     * @param values of the condition's parameters
     * @return how many that were
     */
    public int run(Database database, Map<String, ?> values, int atMost) {
        return database.withHandle(handle -> switch (database.dialect()) {
            case POSTGRESQL -> onPostgres(handle, values, atMost);
            case H2 -> onH2(handle, values, atMost);
            case MARIADB -> onMariaDb(handle, values, atMost);
        });
    }

    /**
     * To lock a row looks at it as it is then, and passes over what has run out no more (PostgreSQL 13.2.1). An array
     * is made once, and the rows are gone to directly; joined to a subquery, this might be run again for each row.
     */
    private int onPostgres(Handle handle, Map<String, ?> values, int atMost) {
        return handle.createUpdate("DELETE FROM " + table + " WHERE ctid = ANY (ARRAY(" + found("ctid")
                        + " FOR UPDATE SKIP LOCKED))")
                .bindMap(values)
                .bind("atMost", atMost)
                .execute();
    }

    /**
     * One row a statement, each committed by itself: who holds no second lock closes no circle. H2 locks every row that
     * it looks at for {@code SKIP LOCKED}.
     */
    private int onH2(Handle handle, Map<String, ?> values, int atMost) {
        List<Long> rows = handle.createQuery(found("_ROWID_"))
                .bindMap(values)
                .bind("atMost", atMost)
                .mapTo(Long.class)
                .list();
        return rows.isEmpty()
                ? 0
                : Dialect.H2.withLockWait(handle, NO_WAIT, () -> rows.stream()
                        .mapToInt(row -> deleteUnlessLocked(handle, row, values))
                        .sum());
    }

    private int deleteUnlessLocked(Handle handle, long row, Map<String, ?> values) {
        try {
            return handle.createUpdate("DELETE FROM " + table + " WHERE _ROWID_ = :row AND (" + condition + ")")
                    .bindMap(values)
                    .bind("row", row)
                    .execute();
        } catch (JdbiException locked) {
            if (Dialect.isLockTimeout(locked)) {
                return 0;
            }
            throw locked;
        }
    }

    /**
     * What is locked is passed over by the reading, and what that has locked is deleted: a transaction of its own, which
     * holds at most these rows. The same condition in the same order finds the same rows.
     */
    private int onMariaDb(Handle handle, Map<String, ?> values, int atMost) {
        return handle.inTransaction(own -> {
            List<String> keys = own.createQuery("SELECT column_name FROM information_schema.key_column_usage"
                            + " WHERE table_schema = DATABASE() AND table_name = :table AND constraint_name = 'PRIMARY'"
                            + " ORDER BY ordinal_position")
                    .bind("table", table)
                    .mapTo(String.class)
                    .list();
            List<Map<String, Object>> rows = own.createQuery("SELECT " + String.join(", ", keys) + " FROM " + table
                            + " WHERE " + condition + order + " LIMIT :atMost FOR UPDATE SKIP LOCKED")
                    .bindMap(values)
                    .bind("atMost", atMost)
                    .mapToMap()
                    .list();
            String row = keys.stream().map(key -> key + " = :" + key).collect(joining(" AND "));
            PreparedBatch batch = own.prepareBatch("DELETE FROM " + table + " WHERE " + row);
            rows.forEach(batch::add);
            batch.execute();
            return rows.size();
        });
    }

    private String found(String place) {
        return "SELECT " + place + " FROM " + table + " WHERE " + condition + order + " FETCH FIRST :atMost ROWS ONLY";
    }
}
