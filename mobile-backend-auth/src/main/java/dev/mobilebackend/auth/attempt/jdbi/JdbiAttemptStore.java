// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt.jdbi;

import dev.mobilebackend.auth.attempt.AttemptStore;
import dev.mobilebackend.auth.attempt.Tries;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Purge;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Tries counted in the table {@code mb_auth_attempts}, for all instances together. Each step is a transaction on a
 * connection of its own: what a caller's transaction rolls back has been tried all the same. Thread safe.
 */
public final class JdbiAttemptStore implements AttemptStore {

    /** Locked in one order, so that two tries with keys in common wait for each other; on H2 one may have to run again. */
    private static final String READ = "SELECT count_key, last_at, regained_at FROM mb_auth_attempts "
            + "WHERE count_key IN (<keys>) ORDER BY count_key FOR UPDATE";

    private static final String SET = "UPDATE SET last_at = :lastAt, regained_at = :regainedAt";

    /** A row that was not there to be locked may have been made by another try in the meantime. */
    private static final String SEEN = "a.last_at = :seenLastAt AND a.regained_at = :seenRegainedAt";

    private static final String WRITE_ON_POSTGRESQL =
            "INSERT INTO mb_auth_attempts AS a (count_key, last_at, regained_at) "
                    + "VALUES (:key, :lastAt, :regainedAt) ON CONFLICT (count_key) DO " + SET + " WHERE " + SEEN;

    private static final String WRITE_ON_H2 = "MERGE INTO mb_auth_attempts a "
            + "USING (VALUES (CAST(:key AS varchar(22)))) AS n (count_key) ON a.count_key = n.count_key "
            + "WHEN MATCHED AND " + SEEN + " THEN " + SET
            + " WHEN NOT MATCHED THEN INSERT (count_key, last_at, regained_at) "
            + "VALUES (n.count_key, :lastAt, :regainedAt)";

    /** There is no index on the ends, for the reason that sessions have none: each try would have to move it. */
    private static final Purge REGAINED = Purge.of("mb_auth_attempts", "regained_at < :before");

    private final Database database;
    private final String write;

    private JdbiAttemptStore(Database database) {
        this.database = database;
        this.write = switch (database.dialect()) {
            case POSTGRESQL -> WRITE_ON_POSTGRESQL;
            case H2 -> WRITE_ON_H2;
            case MARIADB -> throw database.dialect().refused("counts of attempts");
        };
    }

    public static JdbiAttemptStore of(Database database) {
        return new JdbiAttemptStore(database);
    }

    @Override
    public List<Tries> update(List<String> keys, UnaryOperator<List<Tries>> change) {
        try (Handle handle = database.jdbi().open()) {
            while (true) {
                try {
                    return handle.inTransaction(step -> updateOnce(step, keys, change));
                } catch (Raced again) {
                    // The other try has its row by now, which is there to be locked.
                } catch (JdbiException failed) {
                    // H2 locks in the order in which it finds the rows, whatever it is asked for.
                    if (!Dialect.isDeadlock(failed)) {
                        throw failed;
                    }
                }
            }
        }
    }

    @Override
    public int purge(Instant before, int atMost) {
        return REGAINED.run(database, Map.of("before", utc(before)), atMost);
    }

    private List<Tries> updateOnce(Handle handle, List<String> keys, UnaryOperator<List<Tries>> change) {
        Map<String, Tries> stored = handle.createQuery(READ)
                .bindList("keys", keys)
                .map((row, context) -> Map.entry(row.getString("count_key"), tries(row)))
                .collectToMap(Entry::getKey, Entry::getValue);
        List<Tries> before =
                keys.stream().map(key -> stored.getOrDefault(key, Tries.NONE)).toList();
        List<Tries> after = change.apply(before);
        if (!after.equals(before)) {
            write(handle, keys, before, after);
        }
        return before;
    }

    private void write(Handle handle, List<String> keys, List<Tries> before, List<Tries> after) {
        PreparedBatch batch = handle.prepareBatch(write);
        // In the order of the locks, since rows are made here that nobody could lock.
        for (String key : keys.stream().sorted().toList()) {
            int at = keys.indexOf(key);
            batch.add(values(key, before.get(at), after.get(at)));
        }
        try {
            for (int written : batch.execute()) {
                if (written == 0) {
                    throw new Raced();
                }
            }
        } catch (JdbiException raced) {
            if (Dialect.isUniqueViolation(raced)) {
                throw new Raced();
            }
            throw raced;
        }
    }

    private static Map<String, Object> values(String key, Tries before, Tries after) {
        var values = new HashMap<String, Object>();
        values.put("key", key);
        values.put("lastAt", utc(after.last()));
        values.put("regainedAt", utc(after.regainedAt()));
        values.put("seenLastAt", utc(before.last()));
        values.put("seenRegainedAt", utc(before.regainedAt()));
        return values;
    }

    private static Tries tries(ResultSet row) throws SQLException {
        return new Tries(instant(row, "last_at"), instant(row, "regained_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** Another try made a row first; rolls this one back. */
    private static final class Raced extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Raced() {
            super(null, null, false, false);
        }
    }
}
