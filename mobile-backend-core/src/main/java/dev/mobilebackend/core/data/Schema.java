// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.data;

import dev.mobilebackend.core.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our tables in the application's database. {@link #install} runs the scripts that have not run yet and may be called
 * at every start, by every instance at once. PostgreSQL runs them all or none; H2 commits each statement by itself, so
 * an H2 script must be able to run again from its start: {@code CREATE TABLE IF NOT EXISTS}.
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

    private Schema() {}

    /**
     * Brings the tables of the given modules up to date.
     *
     * @throws IllegalStateException if a script differs from the one that was run before, with nothing changed
     */
    public static void install(Database database, SchemaPart... parts) {
        switch (database.dialect()) {
            case POSTGRESQL ->
                database.useTransaction(handle -> {
                    handle.execute("SELECT pg_advisory_xact_lock(?)", ADVISORY_LOCK);
                    runMissing(handle, database.dialect(), parts);
                });
            case H2 -> {
                H2_LOCK.lock();
                try {
                    database.jdbi().useHandle(handle -> runMissing(handle, database.dialect(), parts));
                } finally {
                    H2_LOCK.unlock();
                }
            }
        }
    }

    private static void runMissing(Handle handle, Dialect dialect, SchemaPart... parts) {
        handle.execute(
                "CREATE TABLE IF NOT EXISTS mb_schema (script VARCHAR(100) PRIMARY KEY, "
                        + "checksum CHAR(64) NOT NULL, installed_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP)");
        for (SchemaPart part : parts) {
            for (String script : part.scripts()) {
                run(handle, script, read(part, dialect, script));
            }
        }
    }

    private static void run(Handle handle, String script, String sql) {
        String checksum = HexFormat.of().formatHex(Sha256.of(sql));
        Optional<String> before = handle.createQuery("SELECT checksum FROM mb_schema WHERE script = :script")
                .bind("script", script)
                .mapTo(String.class)
                .findOne();
        if (before.isEmpty()) {
            handle.createScript(sql).execute();
            handle.createUpdate("INSERT INTO mb_schema (script, checksum) VALUES (:script, :checksum)")
                    .bindMap(Map.of("script", script, "checksum", checksum))
                    .execute();
            LOG.info("installed {}", script);
        } else if (!before.get().equals(checksum)) {
            throw new IllegalStateException("the installed " + script + " differs from the one on the class path: "
                    + "a script that has run must not change, add a new one");
        }
    }

    private static String read(SchemaPart part, Dialect dialect, String script) {
        String path = "mobile-backend/schema/" + dialect.folder() + "/" + script;
        try (InputStream in = part.loader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the " + part.module() + " module has no " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("could not read " + path, unreadable);
        }
    }
}
