// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account.jdbi;

import dev.mobilebackend.auth.account.CodeStore;
import dev.mobilebackend.auth.account.Contact;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.account.PendingCode;
import dev.mobilebackend.auth.account.Purpose;
import dev.mobilebackend.auth.account.SendLimit;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.data.Purge;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Codes that wait, in the table {@code mb_auth_codes}, and how many were sent, in {@code mb_auth_code_sends}. Keeping a
 * code takes the same statements whether or not there was one, so that their number tells nothing. Thread safe.
 */
public final class JdbiCodeStore implements CodeStore {

    private static final String COLUMNS = "purpose, subject, origin, contact, seed, carried, attempts_left, expires_at";
    private static final String VALUES =
            "(:purpose, :subject, :origin, :contact, :seed, :carried, :attemptsLeft, :expiresAt)";

    private static final String KEEP_ON_POSTGRESQL = "INSERT INTO mb_auth_codes (" + COLUMNS + ") VALUES " + VALUES
            + " ON CONFLICT (purpose, subject, origin) DO UPDATE SET contact = EXCLUDED.contact, seed = EXCLUDED.seed, "
            + "carried = EXCLUDED.carried, attempts_left = EXCLUDED.attempts_left, expires_at = EXCLUDED.expires_at";

    private static final String KEEP_ON_H2 =
            "MERGE INTO mb_auth_codes (" + COLUMNS + ") KEY (purpose, subject, origin) VALUES " + VALUES;

    /** An hour that has ended begins anew with this code. */
    private static final String COUNT_SET = "in_hour = CASE WHEN s.hour_ends <= :now THEN 1 ELSE s.in_hour + 1 END, "
            + "hour_ends = CASE WHEN s.hour_ends <= :now THEN :hourEnds ELSE s.hour_ends END";

    private static final String COUNT_WITHIN = "(s.hour_ends <= :now OR s.in_hour < :anHour)";

    private static final String COUNT_ON_POSTGRESQL =
            "INSERT INTO mb_auth_code_sends AS s (send_key, hour_ends, in_hour) "
                    + "VALUES (:key, :hourEnds, 1) ON CONFLICT (send_key) DO UPDATE SET " + COUNT_SET + " WHERE "
                    + COUNT_WITHIN;

    private static final String COUNT_ON_H2 = "MERGE INTO mb_auth_code_sends s "
            + "USING (VALUES (CAST(:key AS varchar(22)))) AS n (send_key) ON s.send_key = n.send_key "
            + "WHEN MATCHED AND " + COUNT_WITHIN + " THEN UPDATE SET " + COUNT_SET
            + " WHEN NOT MATCHED THEN INSERT (send_key, hour_ends, in_hour) VALUES (n.send_key, :hourEnds, 1)";

    private static final String TAKE_ATTEMPT = "UPDATE mb_auth_codes SET attempts_left = attempts_left - 1 "
            + "WHERE purpose = :purpose AND subject = :subject AND origin = :origin AND attempts_left > 0 "
            + "AND expires_at > :now";

    private static final String OF_SUBJECTS = "(subject IN (<subjects>) OR contact IN (<subjects>)) ";

    /** Whoever deletes several locks them first, all in this order, so that no two wait for each other. */
    private static final String ORDERED = "ORDER BY purpose, subject, origin FOR UPDATE";

    private static final Purge EXPIRED =
            Purge.of("mb_auth_codes", "expires_at <= :now").inOrderOf("expires_at");

    private static final Purge COUNTED =
            Purge.of("mb_auth_code_sends", "hour_ends <= :now").inOrderOf("hour_ends");

    private final Database database;
    private final Outbox outbox;
    private final String keep;
    private final String count;
    private final String takeAttempt;

    private JdbiCodeStore(Database database, Outbox outbox) {
        this.database = database;
        this.outbox = outbox;
        switch (database.dialect()) {
            case POSTGRESQL -> {
                keep = KEEP_ON_POSTGRESQL;
                count = COUNT_ON_POSTGRESQL;
                takeAttempt = TAKE_ATTEMPT + " RETURNING " + COLUMNS;
            }
            case H2 -> {
                keep = KEEP_ON_H2;
                count = COUNT_ON_H2;
                takeAttempt = "SELECT " + COLUMNS + " FROM FINAL TABLE (" + TAKE_ATTEMPT + ")";
            }
            case MARIADB -> throw database.dialect().refused("codes");
            default -> throw new AssertionError(database.dialect());
        }
    }

    public static JdbiCodeStore of(Database database, Outbox outbox) {
        return new JdbiCodeStore(database, outbox);
    }

    @Override
    public boolean keep(PendingCode code, Notice notice, SendLimit limit) {
        return database.inTransaction(handle -> {
            if (upsert(handle, count, values(limit)) == 0) {
                return false;
            }
            upsert(handle, keep, values(code));
            outbox.add(handle, notice);
            return true;
        });
    }

    @Override
    public Optional<PendingCode> takeAttempt(Purpose purpose, String subject, String origin, Instant now) {
        return database.withHandle(handle -> handle.createQuery(takeAttempt)
                .bind("purpose", purpose.name())
                .bind("subject", subject)
                .bind("origin", origin)
                .bind("now", utc(now))
                .map((row, context) -> code(row))
                .findOne());
    }

    @Override
    public Optional<PendingCode> findBySeed(Purpose purpose, String seed, Instant now) {
        return database.withHandle(handle -> handle.createQuery("SELECT " + COLUMNS + " FROM mb_auth_codes "
                        + "WHERE seed = :seed AND purpose = :purpose AND expires_at > :now")
                .bind("seed", seed)
                .bind("purpose", purpose.name())
                .bind("now", utc(now))
                .map((row, context) -> code(row))
                .findOne());
    }

    @Override
    public boolean use(PendingCode code) {
        return database.inTransaction(handle -> {
            boolean used = seeds(handle.createQuery(
                                    "SELECT seed FROM mb_auth_codes WHERE purpose = :purpose AND subject = :subject "
                                            + ORDERED)
                            .bind("purpose", code.purpose().name())
                            .bind("subject", code.subject()))
                    .contains(code.seed());
            if (used) {
                handle.createUpdate("DELETE FROM mb_auth_codes WHERE purpose = :purpose AND subject = :subject")
                        .bind("purpose", code.purpose().name())
                        .bind("subject", code.subject())
                        .execute();
            }
            return used;
        });
    }

    @Override
    public void forget(Collection<String> subjects) {
        database.useTransaction(handle -> {
            seeds(handle.createQuery("SELECT seed FROM mb_auth_codes WHERE " + OF_SUBJECTS + ORDERED)
                    .bindList("subjects", subjects));
            handle.createUpdate("DELETE FROM mb_auth_codes WHERE " + OF_SUBJECTS)
                    .bindList("subjects", subjects)
                    .execute();
        });
    }

    @Override
    public int purgeExpired(Instant now, int atMost) {
        Map<String, ?> values = Map.of("now", utc(now));
        int purged = EXPIRED.run(database, values, atMost);
        return purged + COUNTED.run(database, values, atMost - purged);
    }

    private static List<String> seeds(Query locking) {
        return locking.mapTo(String.class).list();
    }

    /** H2's MERGE may meet a row that another transaction has just inserted; then it is there to be changed. */
    private static int upsert(Handle handle, String statement, Map<String, @Nullable Object> values) {
        try {
            return handle.createUpdate(statement).bindMap(values).execute();
        } catch (JdbiException raced) {
            if (!Dialect.isUniqueViolation(raced)) {
                throw raced;
            }
            return handle.createUpdate(statement).bindMap(values).execute();
        }
    }

    private static Map<String, @Nullable Object> values(SendLimit limit) {
        var values = new HashMap<String, @Nullable Object>();
        values.put("key", limit.key());
        values.put("anHour", limit.anHour());
        values.put("now", utc(limit.at()));
        values.put("hourEnds", utc(limit.at().plus(Duration.ofHours(1))));
        return values;
    }

    private static Map<String, @Nullable Object> values(PendingCode code) {
        var values = new HashMap<String, @Nullable Object>();
        values.put("purpose", code.purpose().name());
        values.put("subject", code.subject());
        values.put("origin", code.origin());
        values.put("contact", code.contact().text());
        values.put("seed", code.seed());
        values.put("carried", code.carried());
        values.put("attemptsLeft", code.attemptsLeft());
        values.put("expiresAt", utc(code.expiresAt()));
        return values;
    }

    private static PendingCode code(ResultSet row) throws SQLException {
        return new PendingCode(
                Purpose.valueOf(row.getString("purpose")),
                row.getString("subject"),
                row.getString("origin"),
                Contact.of(row.getString("contact")),
                row.getString("seed"),
                row.getString("carried"),
                row.getInt("attempts_left"),
                row.getObject("expires_at", OffsetDateTime.class).toInstant());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
