// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit.jdbi;

import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditHead;
import dev.mobilebackend.auth.audit.AuditStore;
import dev.mobilebackend.core.data.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Entries in the table {@code mb_auth_audit}, their end in the one row of {@code mb_auth_audit_head}. A step takes part
 * in the transaction that its thread is in. Thread safe.
 */
public final class JdbiAuditStore implements AuditStore {

    private static final String COLUMNS =
            "number, type, account_id, actor_id, session_id, details, at, salt, blinded, tag";
    private static final String INSERT = "INSERT INTO mb_auth_audit (" + COLUMNS
            + ") VALUES (:number, :type, :accountId, :actorId, :sessionId, :details, :at, :salt, :blinded, :tag)";
    private static final String HEAD = "SELECT number, tag, seal FROM mb_auth_audit_head WHERE id = 1";

    private static final String LOCKED_HEAD = HEAD + " FOR UPDATE";

    private static final String UNREADABLE = "audit.unreadable";

    private static final long BEYOND_COUNTING = 1L << 60;

    private static final TypeReference<Map<String, String>> DETAILS = new TypeReference<>() {};

    private final Database database;
    private final JsonMapper json = JsonMapper.shared();

    private JdbiAuditStore(Database database) {
        this.database = database;
    }

    public static JdbiAuditStore of(Database database) {
        return new JdbiAuditStore(database);
    }

    @Override
    public <R> R inTransaction(Supplier<R> step) {
        return database.inTransaction(handle -> step.get());
    }

    @Override
    public AuditHead lockHead() {
        return database.inTransaction(handle -> {
            Optional<AuditHead> head = head(handle, LOCKED_HEAD);
            if (head.isEmpty()) {
                // Without a row there is nothing to wait for, and whoever deleted it would have stopped everybody.
                database.dialect()
                        .insertIfAbsent(
                                handle,
                                "INSERT INTO mb_auth_audit_head (id, number, tag, seal) VALUES (1, 0, :none, :none)",
                                Map.of("none", AuditHead.NONE.tag()));
                head = head(handle, LOCKED_HEAD);
            }
            return head.orElse(AuditHead.NONE);
        });
    }

    /** Leaves out what is too large to have been counted to, or one such row would leave no number to go on with. */
    @Override
    public long last() {
        return database.withHandle(handle -> handle.createQuery(
                        "SELECT COALESCE(MAX(number), 0) FROM mb_auth_audit " + "WHERE number > 0 AND number < :beyond")
                .bind("beyond", BEYOND_COUNTING)
                .mapTo(Long.class)
                .one());
    }

    @Override
    public void append(List<AuditEntry> entries, AuditHead head) {
        database.useTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch(INSERT);
            for (AuditEntry entry : entries) {
                AuditEvent event = entry.event();
                batch.bind("number", entry.number())
                        .bind("type", event.type())
                        .bind("accountId", event.accountId())
                        .bind("actorId", event.actorId())
                        .bind("sessionId", event.sessionId())
                        .bind("details", json.writeValueAsString(new TreeMap<>(event.details())))
                        .bind("at", event.at().atOffset(ZoneOffset.UTC))
                        .bind("salt", entry.salt())
                        .bind("blinded", entry.blinded())
                        .bind("tag", entry.tag())
                        .add();
            }
            batch.execute();
            handle.createUpdate("UPDATE mb_auth_audit_head SET number = :number, tag = :tag, seal = :seal WHERE id = 1")
                    .bind("number", head.number())
                    .bind("tag", head.tag())
                    .bind("seal", head.seal())
                    .execute();
        });
    }

    @Override
    public AuditHead head() {
        return database.withHandle(handle -> head(handle, HEAD)).orElse(AuditHead.NONE);
    }

    @Override
    public List<AuditEntry> after(long number, int limit) {
        return database.withHandle(handle -> handle.createQuery("SELECT " + COLUMNS + " FROM mb_auth_audit "
                        + "WHERE number > :number ORDER BY number FETCH FIRST " + limit + " ROWS ONLY")
                .bind("number", number)
                .map((row, context) -> entry(row))
                .list());
    }

    @Override
    public List<AuditEntry> newest(@Nullable String accountId, long before, int limit) {
        String ofAccount = accountId == null ? "" : "AND account_id = :accountId ";
        return database.withHandle(handle -> {
            var query = handle.createQuery("SELECT " + COLUMNS + " FROM mb_auth_audit WHERE number < :before "
                            + ofAccount + "ORDER BY number DESC FETCH FIRST " + limit + " ROWS ONLY")
                    .bind("before", before);
            if (accountId != null) {
                query.bind("accountId", accountId);
            }
            return query.map((row, context) -> entry(row)).list();
        });
    }

    @Override
    public List<AuditEntry> ofType(String type) {
        return database.withHandle(handle -> handle.createQuery(
                        "SELECT " + COLUMNS + " FROM mb_auth_audit WHERE type = :type ORDER BY number")
                .bind("type", type)
                .map((row, context) -> entry(row))
                .list());
    }

    @Override
    public int erase(String accountId) {
        return database.withHandle(handle -> handle.createUpdate("UPDATE mb_auth_audit SET details = NULL, salt = NULL "
                        + "WHERE account_id = :accountId AND salt IS NOT NULL")
                .bind("accountId", accountId)
                .execute());
    }

    @Override
    public void remove(long through) {
        database.withHandle(handle -> handle.createUpdate("DELETE FROM mb_auth_audit WHERE number <= :through")
                .bind("through", through)
                .execute());
    }

    private static Optional<AuditHead> head(Handle handle, String query) {
        return handle.createQuery(query)
                .map((row, context) -> new AuditHead(row.getLong("number"), bytes(row, "tag"), bytes(row, "seal")))
                .findOne();
    }

    private AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong("number"), event(row), row.getBytes("salt"), bytes(row, "blinded"), bytes(row, "tag"));
    }

    /** What nobody can have recorded is read as something that fits no tag, so that it can be listed and verified. */
    private AuditEvent event(ResultSet row) throws SQLException {
        try {
            String details = row.getString("details");
            return new AuditEvent(
                    row.getString("type"),
                    row.getString("account_id"),
                    row.getString("actor_id"),
                    row.getString("session_id"),
                    details == null ? Map.of() : json.readValue(details, DETAILS),
                    row.getObject("at", OffsetDateTime.class).toInstant());
        } catch (RuntimeException unreadable) {
            return new AuditEvent(UNREADABLE, row.getString("account_id"), null, null, Map.of(), Instant.EPOCH);
        }
    }

    /** None where somebody has let the column be empty. */
    private static byte[] bytes(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNullElse(row.getBytes(column), AuditHead.NONE.tag());
    }
}
