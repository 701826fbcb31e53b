// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key.jdbi;

import dev.mobilebackend.auth.key.KeyStore;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * Signing keys in the table {@code mb_auth_keys}, each sealed under the server secret: a copy of the database signs
 * nothing, and a row that somebody writes into it is refused. Thread safe.
 */
public final class JdbiKeyStore implements KeyStore {

    private final Database database;
    private final KeySeal seal;

    private JdbiKeyStore(Database database, KeySeal seal) {
        this.database = database;
        this.seal = seal;
    }

    public static JdbiKeyStore of(Database database, ServerSecret secret) {
        return of(database, secret, Ambient.random());
    }

    public static JdbiKeyStore of(Database database, ServerSecret secret, SecureRandom random) {
        return new JdbiKeyStore(database, new KeySeal(secret, random, false));
    }

    /** Keys that tell, by how they are sealed, that there is an audit trail beside them. */
    public static JdbiKeyStore besideTrail(Database database, ServerSecret secret, SecureRandom random) {
        return new JdbiKeyStore(database, new KeySeal(secret, random, true));
    }

    /**
     * Whether a key tells that there is an audit trail. None does in a database that is new or has had none so far;
     * from the first {@link #sealAnew} on all do, so that a trail that is gone cannot be made out to be a new one.
     */
    public boolean tellsOfTrail() {
        return database.withHandle(handle -> rows(handle).stream().anyMatch(row -> row.tellsOfTrail(seal)));
    }

    @Override
    public List<SigningKey> all() {
        return database.withHandle(
                handle -> rows(handle).stream().map(row -> row.open(seal)).toList());
    }

    @Override
    public boolean tryAdd(SigningKey key) {
        return database.withHandle(handle -> database.dialect()
                .insertIfAbsent(
                        handle,
                        "INSERT INTO mb_auth_keys (generation, kid, active_from, sealed_jwk) "
                                + "VALUES (:generation, :kid, :activeFrom, :sealed)",
                        Map.of(
                                "generation", key.generation(),
                                "kid", key.id(),
                                "activeFrom", key.activeFrom().atOffset(ZoneOffset.UTC),
                                "sealed", seal.close(key))));
    }

    @Override
    public void remove(String keyId) {
        database.withHandle(handle -> handle.createUpdate("DELETE FROM mb_auth_keys WHERE kid = :kid")
                .bind("kid", keyId)
                .execute());
    }

    /** A row that another instance has sealed anew or removed meanwhile is left as it is. */
    @Override
    public void sealAnew() {
        database.useTransaction(handle -> {
            for (Row row : rows(handle)) {
                if (!row.isCurrent(seal)) {
                    handle.createUpdate("UPDATE mb_auth_keys SET sealed_jwk = :anew "
                                    + "WHERE kid = :kid AND sealed_jwk = :sealed")
                            .bind("anew", seal.close(row.open(seal)))
                            .bind("kid", row.keyId())
                            .bind("sealed", row.sealed())
                            .execute();
                }
            }
        });
    }

    private static List<Row> rows(Handle handle) {
        return handle.createQuery("SELECT generation, kid, active_from, sealed_jwk FROM mb_auth_keys")
                .map((row, context) -> new Row(
                        row.getString("kid"),
                        row.getInt("generation"),
                        row.getObject("active_from", OffsetDateTime.class).toInstant(),
                        row.getBytes("sealed_jwk")))
                .list();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Row(String keyId, int generation, Instant activeFrom, byte[] sealed) {

        SigningKey open(KeySeal seal) {
            return seal.open(keyId, generation, activeFrom, sealed);
        }

        boolean tellsOfTrail(KeySeal seal) {
            return seal.tellsOfTrail(keyId, generation, activeFrom, sealed);
        }

        boolean isCurrent(KeySeal seal) {
            return seal.isCurrent(keyId, generation, activeFrom, sealed);
        }
    }
}
