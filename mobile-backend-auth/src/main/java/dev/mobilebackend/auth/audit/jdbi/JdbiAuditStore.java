// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit.jdbi;

import dev.mobilebackend.auth.audit.AuditEntry;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditHead;
import dev.mobilebackend.auth.audit.AuditStore;
import dev.mobilebackend.core.data.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
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
        return database.withHandle(handle -> head(handle, HEAD + " FOR UPDATE"))
                .orElseThrow(() -> new IllegalStateException("the row of mb_auth_audit_head is gone, so nothing can be"
                        + " recorded: put it back from a backup, and verify the trail"));
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
    public int erase(String accountId) {
        return database.withHandle(handle -> handle.createUpdate("UPDATE mb_auth_audit SET details = NULL, salt = NULL "
                        + "WHERE account_id = :accountId AND salt IS NOT NULL")
                .bind("accountId", accountId)
                .execute());
    }

    private static Optional<AuditHead> head(Handle handle, String query) {
        return handle.createQuery(query)
                .map((row, context) -> new AuditHead(row.getLong("number"), row.getBytes("tag"), row.getBytes("seal")))
                .findOne();
    }

    private AuditEntry entry(ResultSet row) throws SQLException {
        String details = row.getString("details");
        var event = new AuditEvent(
                row.getString("type"),
                row.getString("account_id"),
                row.getString("actor_id"),
                row.getString("session_id"),
                details == null ? Map.of() : json.readValue(details, DETAILS),
                row.getObject("at", OffsetDateTime.class).toInstant());
        return new AuditEntry(
                row.getLong("number"), event, row.getBytes("salt"), row.getBytes("blinded"), row.getBytes("tag"));
    }
}
