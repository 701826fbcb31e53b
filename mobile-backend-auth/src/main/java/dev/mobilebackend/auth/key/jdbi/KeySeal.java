// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key.jdbi;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.core.secret.Seal;
import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.AEADBadTagException;

/**
 * Encrypts signing keys for rest, as JWKs: see {@link Seal}. A key is bound to its id, generation and start, so that sealed keys cannot change places and a retired one cannot be
 * made to sign again. Thread safe.
 */
final class KeySeal {

    /** A member of the JWK, which versions that do not know it pass over (RFC 7517 section 4). */
    private static final String BESIDE_TRAIL = "mb_trail";

    private final Seal seal;
    private final boolean besideTrail;

    /** With a mark in what is sealed if there is an audit trail beside the keys. */
    KeySeal(ServerSecret secret, SecureRandom random, boolean besideTrail) {
        this.seal = new Seal(secret, "mobile-backend auth.key seal v2", random);
        this.besideTrail = besideTrail;
    }

    byte[] close(SigningKey key) {
        return seal.close(
                marked(key.privateJwk()).getBytes(StandardCharsets.UTF_8),
                bound(key.id(), key.generation(), key.activeFrom()));
    }

    /**
     * The key that was sealed under this id, as of this generation and start.
     *
     * @throws IllegalStateException if it was sealed under a secret that is not known here, or as another key, or was
     *     changed
     */
    SigningKey open(String keyId, int generation, Instant activeFrom, byte[] sealed) {
        return SigningKey.ofPrivateJwk(generation, activeFrom, jwk(keyId, generation, activeFrom, sealed));
    }

    /** Whether it was sealed beside an audit trail; nobody without the server secret can make it say so, or not. */
    boolean tellsOfTrail(String keyId, int generation, Instant activeFrom, byte[] sealed) {
        return members(jwk(keyId, generation, activeFrom, sealed)).containsKey(BESIDE_TRAIL);
    }

    /** Whether it is sealed under the current server secret, and tells of the trail if there is one. */
    boolean isCurrent(String keyId, int generation, Instant activeFrom, byte[] sealed) {
        return seal.isCurrent(sealed) && (!besideTrail || tellsOfTrail(keyId, generation, activeFrom, sealed));
    }

    private String jwk(String keyId, int generation, Instant activeFrom, byte[] sealed) {
        if (!seal.knows(sealed)) {
            throw new IllegalStateException("the signing key " + keyId + " in mb_auth_keys is sealed under a server "
                    + "secret that this instance does not have, it has " + seal.secrets()
                    + ": give every instance the secret it was made with, or delete the row, which ends its tokens");
        }
        try {
            return new String(seal.open(sealed, bound(keyId, generation, activeFrom)), StandardCharsets.UTF_8);
        } catch (AEADBadTagException changed) {
            throw new IllegalStateException("the signing key " + keyId + " in mb_auth_keys was changed since it was "
                    + "sealed: find out by whom, and delete the row, which ends its tokens");
        }
    }

    private String marked(String jwk) {
        if (!besideTrail) {
            return jwk;
        }
        var members = new LinkedHashMap<>(members(jwk));
        members.put(BESIDE_TRAIL, true);
        return JSONObjectUtils.toJSONString(members);
    }

    private static Map<String, Object> members(String jwk) {
        try {
            return JSONObjectUtils.parse(jwk);
        } catch (ParseException withTheKeyInItsMessage) {
            throw new IllegalArgumentException("what was sealed as a signing key must be a JWK, was something else");
        }
    }

    private static byte[] bound(String keyId, int generation, Instant activeFrom) {
        return (keyId + '\n' + generation + '\n' + activeFrom).getBytes(StandardCharsets.UTF_8);
    }
}
