// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.data;

import dev.mobilebackend.core.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our tables in the application's database. {@link #install} runs the scripts that have not run yet and may be called
 * at every start, by every instance at once, outside of any transaction.
 *
 * <p>On PostgreSQL each script is a transaction of its own, so that it holds no table while it waits for another that a
 * request holds, and what it has locked is free again before the next begins. H2 and MariaDB commit each statement of a
 * script by itself, so such a script must be able to run again from its start: {@code CREATE TABLE IF NOT EXISTS}.
 */
public final class Schema {

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

    /** The tables of core itself: stored answers of idempotent requests. */
    public static final SchemaPart CORE = new SchemaPart(
            "core",
            Schema.class.getClassLoader(),
            List.of("V101__core_idempotency.sql", "V102__core_idempotency_claims.sql"));

    /** Any constant will do, as long as every instance takes the same. */
    private static final long ADVISORY_LOCK = 0x6d6f62696c652d62L;

    /** An H2 file has one process, and DDL ends its transactions: a lock in the process is the one that holds. */
    private static final ReentrantLock H2_LOCK = new ReentrantLock();

    private static final Duration MARIADB_PATIENCE = Duration.ofMinutes(10);

    private Schema() {}

    /**
     * Brings the tables of the given modules up to date. Scripts that ran before one that fails have run.
     *
     * @throws IllegalStateException if a script is missing or differs from the one that was run before, with nothing
     *     changed
     */
    public static void install(Database database, SchemaPart... parts) {
        List<Script> scripts = scripts(database.dialect(), parts);
        switch (database.dialect()) {
            case POSTGRESQL -> {
                List<Script> missing = locked(database, handle -> missing(handle, scripts));
                for (Script script : missing) {
                    // Looked at again, since another instance may have had the lock in between.
                    locked(database, handle -> {
                        missing(handle, List.of(script)).forEach(one -> run(handle, one));
                        return script;
                    });
                }
            }
            case MARIADB ->
                database.jdbi()
                        .useHandle(handle -> holdingName(
                                handle, () -> missing(handle, scripts).forEach(one -> run(handle, one))));
            case H2 -> {
                H2_LOCK.lock();
                try {
                    database.jdbi().useHandle(handle -> missing(handle, scripts).forEach(one -> run(handle, one)));
                } finally {
                    H2_LOCK.unlock();
                }
            }
        }
    }

    /** One transaction at a time; its end gives the lock back, behind a pooler too. */
    private static <T> T locked(Database database, HandleCallback<T, RuntimeException> step) {
        return database.inTransaction(handle -> {
            handle.execute("SELECT pg_advisory_xact_lock(?)", ADVISORY_LOCK);
            return step.withHandle(handle);
        });
    }

    /** MariaDB ends a transaction at each CREATE: what holds is a name, which the server knows for all its databases. */
    private static void holdingName(Handle handle, Runnable install) {
        String name = "CONCAT('mb_schema ', SHA1(DATABASE()))";
        boolean held = handle.createQuery("SELECT COALESCE(GET_LOCK(" + name + ", :seconds), 0)")
                        .bind("seconds", MARIADB_PATIENCE.toSeconds())
                        .mapTo(Integer.class)
                        .one()
                == 1;
        if (!held) {
            throw new IllegalStateException("another instance has been installing tables for " + MARIADB_PATIENCE
                    + ": look at what it waits for (SHOW PROCESSLIST)");
        }
        try {
            install.run();
        } finally {
            handle.execute("DO RELEASE_LOCK(" + name + ")");
        }
    }

    /** Those that have not run. */
    private static List<Script> missing(Handle handle, List<Script> scripts) {
        handle.execute("CREATE TABLE IF NOT EXISTS mb_schema (script VARCHAR(100) PRIMARY KEY, "
                + "checksum CHAR(64) NOT NULL, installed_at " + installedAt(handle) + ")");
        return scripts.stream().filter(script -> !hasRun(handle, script)).toList();
    }

    private static String installedAt(Handle handle) {
        return Dialect.of(handle) == Dialect.MARIADB
                ? "DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))"
                : "TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP";
    }

    private static boolean hasRun(Handle handle, Script script) {
        Optional<String> before = handle.createQuery("SELECT checksum FROM mb_schema WHERE script = :name")
                .bind("name", script.name())
                .mapTo(String.class)
                .findOne();
        if (before.isPresent() && !before.get().equals(script.checksum())) {
            throw new IllegalStateException("the installed " + script.name() + " differs from the one on the class "
                    + "path: a script that has run must not change, add a new one");
        }
        return before.isPresent();
    }

    private static void run(Handle handle, Script script) {
        handle.createScript(script.sql()).execute();
        handle.createUpdate("INSERT INTO mb_schema (script, checksum) VALUES (:script, :checksum)")
                .bind("script", script.name())
                .bind("checksum", script.checksum())
                .execute();
        LOG.info("installed {}", script.name());
    }

    private static List<Script> scripts(Dialect dialect, SchemaPart... parts) {
        return Stream.of(parts)
                .flatMap(part -> part.scripts().stream().map(name -> new Script(name, read(part, dialect, name))))
                .toList();
    }

    private static String read(SchemaPart part, Dialect dialect, String script) {
        String path = "mobile-backend/schema/" + dialect.folder() + "/" + script;
        try (InputStream in = part.loader().getResourceAsStream(path)) {
            if (in == null) {
                var missing = "the " + part.module() + " module has no " + path;
                throw new IllegalStateException(
                        dialect == Dialect.MARIADB
                                ? missing + ": " + dialect.refused("its tables").getMessage()
                                : missing);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("could not read " + path, unreadable);
        }
    }

    private record Script(String name, String sql) {

        String checksum() {
            return HexFormat.of().formatHex(Sha256.of(sql));
        }
    }
}
