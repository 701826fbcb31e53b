// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session.jdbi;

import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.ProofTrail;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.Rotation;
import dev.mobilebackend.auth.session.RotationProof;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.SessionStore;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.exchange.Authentication;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Sessions in the table {@code mb_auth_sessions}: one row each, however often it is refreshed. Thread safe. */
public final class JdbiSessionStore implements SessionStore {

    private static final String COLUMNS =
            "id, account_id, device_id, device_name, app_version, authenticated_at, methods, counter, proofs, "
                    + "created_at, refreshed_at, previous_refreshed_at, expires_at, ends_at, revoked_at, revoked_because";

    private static final String INSERT = "INSERT INTO mb_auth_sessions (" + COLUMNS + ") VALUES (:id, :accountId, "
            + ":deviceId, :deviceName, :appVersion, :authenticatedAt, :methods, :counter, :proofs, :createdAt, :refreshedAt, "
            + ":previousRefreshedAt, :expiresAt, :endsAt, NULL, NULL)";

    /** 48 bytes are the three newest fingerprints, so that with the new one the trail keeps four. */
    private static final String ROTATE = "UPDATE mb_auth_sessions SET "
            + "proofs = :proof || SUBSTRING(CASE WHEN counter = :counter THEN proofs ELSE :nothing END FROM 1 FOR 48), "
            + "counter = :counter + 1, app_version = COALESCE(:appVersion, app_version), "
            + "previous_refreshed_at = refreshed_at, refreshed_at = :at, expires_at = LEAST(:idleUntil, ends_at) "
            + "WHERE id = :id AND counter <= :counter AND revoked_at IS NULL AND expires_at > :at "
            + "AND (:proven OR OCTET_LENGTH(proofs) = 0)";

    private final Database database;
    private final String rotate;

    private JdbiSessionStore(Database database) {
        this.database = database;
        this.rotate = switch (database.dialect()) {
            case POSTGRESQL -> ROTATE + " RETURNING " + COLUMNS;
            case H2 -> "SELECT " + COLUMNS + " FROM FINAL TABLE (" + ROTATE + ")";
        };
    }

    public static JdbiSessionStore of(Database database) {
        return new JdbiSessionStore(database);
    }

    @Override
    public void open(Session session) {
        database.withHandle(handle -> handle.createUpdate(INSERT)
                .bind("id", session.id())
                .bind("accountId", session.accountId())
                .bind("deviceId", session.device().id())
                .bind("deviceName", session.device().name())
                .bind("appVersion", session.device().appVersion())
                .bind("authenticatedAt", utc(session.authentication().at()))
                .bind(
                        "methods",
                        String.join(" ", new TreeSet<>(session.authentication().methods())))
                .bind("counter", session.counter())
                .bind("proofs", session.proofs().bytes())
                .bind("createdAt", utc(session.createdAt()))
                .bind("refreshedAt", utc(session.refreshedAt()))
                .bind("previousRefreshedAt", utc(session.previousRefreshedAt()))
                .bind("expiresAt", utc(session.expiresAt()))
                .bind("endsAt", utc(session.endsAt()))
                .execute());
    }

    @Override
    public Optional<Session> rotate(Rotation rotation) {
        RotationProof proof = rotation.proof();
        return database.withHandle(handle -> handle.createQuery(rotate)
                .bind("id", rotation.sessionId())
                .bind("counter", rotation.counter())
                .bind("proof", proof == null ? new byte[0] : proof.fingerprint())
                .bind("nothing", new byte[0])
                .bind("proven", proof != null)
                .bind("appVersion", rotation.appVersion())
                .bind("at", utc(rotation.at()))
                .bind("idleUntil", utc(rotation.idleUntil()))
                .map((row, context) -> session(row))
                .findOne());
    }

    @Override
    public Optional<Session> find(String sessionId) {
        return database.withHandle(
                handle -> handle.createQuery("SELECT " + COLUMNS + " FROM mb_auth_sessions WHERE id = :id")
                        .bind("id", sessionId)
                        .map((row, context) -> session(row))
                        .findOne());
    }

    @Override
    public boolean revoke(String sessionId, Revocation revocation) {
        return database.withHandle(
                handle -> handle.createUpdate("UPDATE mb_auth_sessions SET revoked_at = :at, revoked_because = :reason "
                                        + "WHERE id = :id AND revoked_at IS NULL")
                                .bind("id", sessionId)
                                .bind("at", utc(revocation.at()))
                                .bind("reason", revocation.reason().name())
                                .execute()
                        == 1);
    }

    @Override
    public List<Session> ofAccount(String accountId, Instant now) {
        return database.withHandle(handle -> handle.createQuery("SELECT " + COLUMNS + " FROM mb_auth_sessions "
                        + "WHERE account_id = :accountId AND revoked_at IS NULL AND expires_at > :now "
                        + "ORDER BY refreshed_at DESC, id FETCH FIRST 100 ROWS ONLY")
                .bind("accountId", accountId)
                .bind("now", utc(now))
                .map((row, context) -> session(row))
                .list());
    }

    @Override
    public Map<String, Instant> revokedSince(Instant time) {
        return database.withHandle(handle -> handle.createQuery(
                        "SELECT id, revoked_at FROM mb_auth_sessions WHERE revoked_at >= :time")
                .bind("time", utc(time))
                .reduceRows(new HashMap<>(), (found, row) -> {
                    found.put(
                            row.getColumn("id", String.class),
                            row.getColumn("revoked_at", OffsetDateTime.class).toInstant());
                    return found;
                }));
    }

    private static Session session(ResultSet row) throws SQLException {
        return new Session(
                row.getString("id"),
                row.getString("account_id"),
                new Device(row.getString("device_id"), row.getString("device_name"), row.getString("app_version")),
                new Authentication(instant(row, "authenticated_at"), words(row.getString("methods"))),
                row.getInt("counter"),
                ProofTrail.of(row.getBytes("proofs")),
                instant(row, "created_at"),
                instant(row, "refreshed_at"),
                instant(row, "previous_refreshed_at"),
                instant(row, "expires_at"),
                instant(row, "ends_at"),
                revocation(row));
    }

    private static @Nullable Revocation revocation(ResultSet row) throws SQLException {
        OffsetDateTime at = row.getObject("revoked_at", OffsetDateTime.class);
        return at == null
                ? null
                : new Revocation(at.toInstant(), Revocation.Reason.valueOf(row.getString("revoked_because")));
    }

    private static Set<String> words(String text) {
        return text.isEmpty() ? Set.of() : Set.of(text.split(" "));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
