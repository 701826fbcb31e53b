// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session.jdbi;

import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.ProofTrail;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.RevocationSignal;
import dev.mobilebackend.auth.session.Rotation;
import dev.mobilebackend.auth.session.RotationProof;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.SessionStore;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.exchange.Authentication;
import java.sql.PreparedStatement;
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
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/** Sessions in the table {@code mb_auth_sessions}: one row each, however often it is refreshed. Thread safe. */
public final class JdbiSessionStore implements SessionStore {

    /** Where PostgreSQL tells that a session was revoked. */
    static final String CHANNEL = "mb_auth_revoked";

    private static final String COLUMNS = "id, account_id, device_id, device_name, app_version, place, "
            + "authenticated_at, methods, key_thumbprint, counter, proofs, created_at, refreshed_at, "
            + "previous_refreshed_at, expires_at, ends_at, revoked_at, revoked_because";

    private static final String INSERT = "INSERT INTO mb_auth_sessions (" + COLUMNS + ") VALUES (:id, :accountId, "
            + ":deviceId, :deviceName, :appVersion, :place, :authenticatedAt, :methods, :keyThumbprint, :counter, "
            + ":proofs, :createdAt, :refreshedAt, :previousRefreshedAt, :expiresAt, :endsAt, NULL, NULL)";

    /** 48 bytes are the three newest fingerprints, so that with the new one the trail keeps four. */
    private static final String ROTATE = "UPDATE mb_auth_sessions SET "
            + "proofs = ? || SUBSTRING(CASE WHEN counter = ? THEN proofs ELSE ? END FROM 1 FOR 48), "
            + "counter = ? + 1, app_version = COALESCE(?, app_version), "
            + "place = COALESCE(?, place), previous_refreshed_at = refreshed_at, refreshed_at = ?, "
            + "expires_at = LEAST(?, ends_at) "
            + "WHERE id = ? AND counter <= ? AND revoked_at IS NULL AND expires_at > ? "
            + "AND (? OR OCTET_LENGTH(proofs) = 0) "
            + "AND (key_thumbprint IS NULL OR key_thumbprint = ?)";

    private static final String AUTHENTICATE = "UPDATE mb_auth_sessions SET authenticated_at = :at, methods = :methods "
            + "WHERE id = :id AND revoked_at IS NULL AND expires_at > :now";

    /**
     * An instance of the version before writes no stamp: what it revokes counts by its own clock. Two statements in
     * one, since each has an index.
     */
    private static final String REVOKED_SINCE = "SELECT id, revocation_stamp AS stamp FROM mb_auth_sessions "
            + "WHERE revocation_stamp >= :time UNION ALL SELECT id, revoked_at AS stamp FROM mb_auth_sessions "
            + "WHERE revoked_at >= :time AND revocation_stamp IS NULL";

    /** There is no index on the ends: a refresh moves them, and would have to move that too. */
    private static final Purge ENDED = Purge.of("mb_auth_sessions", "expires_at < :before OR revoked_at < :before");

    private final Database database;
    private final ReplayAlarm alarm;
    private final String rotate;
    private final String authenticate;
    private final String revokeOne;
    private final String revokeAll;

    private JdbiSessionStore(Database database, ReplayAlarm alarm) {
        this.database = database;
        this.alarm = alarm;
        this.rotate = changing(ROTATE, COLUMNS);
        this.authenticate = changing(AUTHENTICATE, COLUMNS);
        String revoke = "UPDATE mb_auth_sessions SET revoked_at = :at, revoked_because = :reason, revocation_stamp = "
                + stamp() + " WHERE revoked_at IS NULL AND ";
        this.revokeOne = telling(revoke + "id = :id");
        this.revokeAll = telling(revoke + "account_id = :accountId AND id <> :keptId");
    }

    /** Sessions of whose theft nobody is told. */
    public static JdbiSessionStore of(Database database) {
        return of(database, (handle, accountId, sessionId, at) -> {});
    }

    public static JdbiSessionStore of(Database database, ReplayAlarm alarm) {
        return new JdbiSessionStore(database, alarm);
    }

    /** What tells this instance at once that another one has revoked a session; null where the database can't. */
    public @Nullable RevocationSignal tryOpenSignal() {
        return switch (database.dialect()) {
            case POSTGRESQL -> new PostgresRevocationSignal(database);
            case H2 -> null;
            case MARIADB -> throw database.dialect().refused("sessions");
        };
    }

    @Override
    public void open(Session session) {
        database.withHandle(handle -> handle.createUpdate(INSERT)
                .bind("id", session.id())
                .bind("accountId", session.accountId())
                .bind("deviceId", session.device().id())
                .bind("deviceName", session.device().name())
                .bind("appVersion", session.device().appVersion())
                .bind("place", session.place())
                .bind("authenticatedAt", utc(session.authentication().at()))
                .bind("methods", text(session.authentication().methods()))
                .bind("keyThumbprint", session.keyThumbprint())
                .bind("counter", session.counter())
                .bind("proofs", session.proofs().bytes())
                .bind("createdAt", utc(session.createdAt()))
                .bind("refreshedAt", utc(session.refreshedAt()))
                .bind("previousRefreshedAt", utc(session.previousRefreshedAt()))
                .bind("expiresAt", utc(session.expiresAt()))
                .bind("endsAt", utc(session.endsAt()))
                .execute());
    }

    /** Over plain JDBC, because of all statements this is the one that every phone asks for all day: decision 150. */
    @Override
    public Optional<Session> rotate(Rotation rotation) {
        return database.withHandle(handle -> {
            try (PreparedStatement update = handle.getConnection().prepareStatement(rotate)) {
                bind(update, rotation);
                try (ResultSet row = update.executeQuery()) {
                    return row.next() ? Optional.of(session(row)) : Optional.empty();
                }
            } catch (SQLException failed) {
                throw new UnableToExecuteStatementException(failed, null);
            }
        });
    }

    private static void bind(PreparedStatement update, Rotation rotation) throws SQLException {
        RotationProof proof = rotation.proof();
        update.setBytes(1, proof == null ? new byte[0] : proof.fingerprint());
        update.setInt(2, rotation.counter());
        update.setBytes(3, new byte[0]);
        update.setInt(4, rotation.counter());
        update.setString(5, rotation.appVersion());
        update.setString(6, rotation.place());
        update.setObject(7, utc(rotation.at()));
        update.setObject(8, utc(rotation.idleUntil()));
        update.setString(9, rotation.sessionId());
        update.setInt(10, rotation.counter());
        update.setObject(11, utc(rotation.at()));
        update.setBoolean(12, proof != null);
        update.setString(13, rotation.keyThumbprint());
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
    public Optional<Session> authenticate(String sessionId, Authentication authentication, Instant now) {
        return database.withHandle(handle -> handle.createQuery(authenticate)
                .bind("id", sessionId)
                .bind("at", utc(authentication.at()))
                .bind("methods", text(authentication.methods()))
                .bind("now", utc(now))
                .map((row, context) -> session(row))
                .findOne());
    }

    @Override
    public boolean revoke(String sessionId, Revocation revocation) {
        return revocation.reason() == Revocation.Reason.REPLAYED
                ? database.inTransaction(handle -> {
                    Optional<String> accountId = revoke(handle, sessionId, revocation);
                    accountId.ifPresent(owner -> alarm.raise(handle, owner, sessionId, revocation.at()));
                    return accountId.isPresent();
                })
                : database.withHandle(
                        handle -> revoke(handle, sessionId, revocation).isPresent());
    }

    @Override
    public List<String> revokeAll(String accountId, @Nullable String keptId, Revocation revocation) {
        return database.withHandle(handle -> handle.createQuery(revokeAll)
                .bind("accountId", accountId)
                .bind("keptId", keptId == null ? "" : keptId)
                .bind("at", utc(revocation.at()))
                .bind("reason", revocation.reason().name())
                .map((row, context) -> row.getString("id"))
                .list());
    }

    @Override
    public void forget(String accountId) {
        database.useTransaction(handle -> handle.createUpdate("UPDATE mb_auth_sessions SET account_id = :nobody, "
                        + "device_id = NULL, device_name = NULL, app_version = NULL, place = NULL, "
                        + "key_thumbprint = NULL WHERE account_id = :accountId")
                .bind("nobody", Session.NOBODY)
                .bind("accountId", accountId)
                .execute());
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
    public Instant now() {
        return database.withHandle(handle -> handle.createQuery("SELECT " + stamp() + " AS stamp")
                .map((row, context) -> instant(row, "stamp"))
                .one());
    }

    @Override
    public Map<String, Instant> revokedSince(Instant time) {
        return database.withHandle(handle -> handle.createQuery(REVOKED_SINCE)
                .bind("time", utc(time))
                .reduceRows(new HashMap<>(), (found, row) -> {
                    found.put(
                            row.getColumn("id", String.class),
                            row.getColumn("stamp", OffsetDateTime.class).toInstant());
                    return found;
                }));
    }

    @Override
    public void afterCommit(Runnable action) {
        database.withHandle(handle -> {
            if (handle.isInTransaction()) {
                Database.afterCommit(handle, action);
            } else {
                action.run();
            }
            return null;
        });
    }

    @Override
    public int purgeEnded(Instant before, int atMost) {
        return ENDED.run(database, Map.of("before", utc(before)), atMost);
    }

    /** Ends a session; its account if this did. */
    private Optional<String> revoke(Handle handle, String sessionId, Revocation revocation) {
        return handle.createQuery(revokeOne)
                .bind("id", sessionId)
                .bind("at", utc(revocation.at()))
                .bind("reason", revocation.reason().name())
                .map((row, context) -> row.getString("account_id"))
                .findOne();
    }

    /** The database's own time, as late in a transaction as it tells it: a revocation is read until some time after. */
    private String stamp() {
        return switch (database.dialect()) {
            case POSTGRESQL -> "CLOCK_TIMESTAMP()";
            case H2 -> "CURRENT_TIMESTAMP(6)";
            case MARIADB -> throw database.dialect().refused("sessions");
        };
    }

    private String changing(String update, String columns) {
        return switch (database.dialect()) {
            case POSTGRESQL -> update + " RETURNING " + columns;
            case H2 -> "SELECT " + columns + " FROM FINAL TABLE (" + update + ")";
            case MARIADB -> throw database.dialect().refused("sessions");
        };
    }

    /** A statement that revokes and, where the database can, tells all instances once it has committed. */
    private String telling(String update) {
        return switch (database.dialect()) {
            case POSTGRESQL ->
                "WITH ended AS (" + changing(update, "id, account_id") + ") SELECT id, account_id, pg_notify('"
                        + CHANNEL + "', '') FROM ended";
            case H2 -> changing(update, "id, account_id");
            case MARIADB -> throw database.dialect().refused("sessions");
        };
    }

    private static Session session(ResultSet row) throws SQLException {
        return new Session(
                row.getString("id"),
                row.getString("account_id"),
                new Device(row.getString("device_id"), row.getString("device_name"), row.getString("app_version")),
                row.getString("place"),
                new Authentication(instant(row, "authenticated_at"), words(row.getString("methods"))),
                row.getString("key_thumbprint"),
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

    private static String text(Set<String> methods) {
        return String.join(" ", new TreeSet<>(methods));
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
