// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import dev.mobilebackend.core.ambient.Ambient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * The least that running jobs in batches can cost on PostgreSQL, by hand over plain JDBC: two threads, a statement or
 * two for 500 jobs, no library between, nothing but the claim. It works until the table is empty.
 */
enum Floor {
    /** A batch is deleted and run in one transaction. */
    TRANSACTION("floor_plain") {
        @Override
        void work(Connection connection, LongConsumer body, AtomicBoolean ended) throws SQLException {
            connection.setAutoCommit(false);
            try (PreparedStatement delete = connection.prepareStatement(
                    "DELETE FROM floor_plain WHERE ctid = ANY (ARRAY(SELECT ctid FROM floor_plain WHERE " + DUE
                            + ")) RETURNING id, attempt, kind, payload")) {
                for (boolean found = true; found && !ended.get(); ) {
                    List<Long> batch = read(delete);
                    batch.forEach(body::accept);
                    connection.commit();
                    found = !batch.isEmpty();
                }
            } finally {
                connection.setAutoCommit(true);
            }
        }
    },

    /** A batch is claimed in one commit and deleted in another. */
    LEASE("floor_leased") {
        @Override
        void work(Connection connection, LongConsumer body, AtomicBoolean ended) throws SQLException {
            try (PreparedStatement claim = connection.prepareStatement("WITH " + CLAIM + " SELECT * FROM claimed");
                    PreparedStatement delete =
                            connection.prepareStatement("DELETE FROM floor_leased WHERE id = ANY (?) AND owner = 7")) {
                for (boolean found = true; found && !ended.get(); ) {
                    List<Long> batch = read(claim);
                    batch.forEach(body::accept);
                    delete.setArray(1, connection.createArrayOf("bigint", batch.toArray()));
                    delete.executeUpdate();
                    found = !batch.isEmpty();
                }
            }
        }
    },

    /** One statement and commit deletes the last batch and claims the next. */
    MERGED("floor_leased") {
        @Override
        void work(Connection connection, LongConsumer body, AtomicBoolean ended) throws SQLException {
            try (PreparedStatement both = connection.prepareStatement(
                    "WITH done AS (DELETE FROM floor_leased WHERE id = ANY (?) AND owner = 7), " + CLAIM
                            + " SELECT * FROM claimed")) {
                List<Long> batch = List.of();
                for (boolean found = true; found && !ended.get(); ) {
                    both.setArray(1, connection.createArrayOf("bigint", batch.toArray()));
                    batch = read(both);
                    batch.forEach(body::accept);
                    found = !batch.isEmpty();
                }
            }
        }
    };

    /** More than two do not get more out of two processors that the database shares. */
    private static final int THREADS = 2;

    private static final String DUE =
            "queue = 0 AND run_at <= now() ORDER BY priority, run_at, id LIMIT 500 FOR UPDATE SKIP LOCKED";

    private static final String CLAIM = "due AS MATERIALIZED (SELECT id FROM floor_leased WHERE state = 0 AND " + DUE
            + "), claimed AS (UPDATE floor_leased SET state = 1, owner = 7, attempt = attempt + 1"
            + " WHERE id = ANY (ARRAY(SELECT id FROM due)) RETURNING id, attempt, kind, payload)";

    private static final String COLUMNS = "(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            + " queue smallint NOT NULL DEFAULT 0, priority smallint NOT NULL DEFAULT 0,"
            + " run_at timestamptz NOT NULL DEFAULT now(), attempt int NOT NULL DEFAULT 0,"
            + " kind text NOT NULL, payload text NOT NULL";

    private final String table;

    Floor(String table) {
        this.table = table;
    }

    /** Works on the connection until nothing is left. */
    abstract void work(Connection connection, LongConsumer body, AtomicBoolean ended) throws SQLException;

    Contender on(JobsDatabase place) throws SQLException {
        place.execute(
                "CREATE TABLE IF NOT EXISTS floor_plain " + COLUMNS + ") WITH (autovacuum_vacuum_scale_factor = 0.02)",
                "CREATE INDEX IF NOT EXISTS floor_plain_due ON floor_plain (queue, priority, run_at, id)",
                "CREATE TABLE IF NOT EXISTS floor_leased " + COLUMNS
                        + ", state smallint NOT NULL DEFAULT 0, owner bigint)"
                        + " WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02)",
                "CREATE INDEX IF NOT EXISTS floor_leased_due ON floor_leased (queue, priority, run_at, id) WHERE state = 0",
                "CREATE INDEX IF NOT EXISTS floor_leased_owner ON floor_leased (owner) WHERE state = 1");
        return new OnPlace(this, place);
    }

    private static List<Long> read(PreparedStatement claim) throws SQLException {
        var batch = new ArrayList<Long>();
        try (ResultSet row = claim.executeQuery()) {
            while (row.next()) {
                batch.add(row.getLong(1));
                row.getInt(2);
                row.getString(3);
                row.getString(4);
            }
        }
        return batch;
    }

    private record OnPlace(Floor floor, JobsDatabase place) implements Contender {

        @Override
        public String toString() {
            return floor.name().toLowerCase(Locale.ROOT) + " floor";
        }

        @Override
        public void clear() throws SQLException {
            place.execute("TRUNCATE TABLE " + floor.table);
        }

        @Override
        public void enqueue(long number) throws SQLException {
            enqueueAll(number, 1);
        }

        @Override
        public void enqueueAll(long first, int jobs) throws SQLException {
            place.execute("INSERT INTO " + floor.table + " (kind, payload) SELECT 'make-receipt',"
                    + " '{\"number\":' || n || ',\"order\":\"" + ORDER + "\"}' FROM generate_series(" + first + ", "
                    + (first + jobs - 1) + ") n");
        }

        @Override
        public boolean pending() throws SQLException {
            return place.exists("SELECT 1 FROM " + floor.table);
        }

        @Override
        public Working start(LongConsumer body) {
            var ended = new AtomicBoolean();
            ExecutorService threads = Executors.newFixedThreadPool(THREADS, Ambient.threads("floor"));
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(() -> {
                    try (Connection connection = place.pool().getConnection()) {
                        floor.work(connection, body, ended);
                    }
                    return null;
                }));
            }
            threads.shutdown();
            return () -> {
                ended.set(true);
                running.forEach(OnPlace::await);
            };
        }

        private static void await(Future<?> work) {
            try {
                work.get();
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException failed) {
                throw new IllegalStateException("the floor broke in", failed.getCause());
            }
        }
    }
}
