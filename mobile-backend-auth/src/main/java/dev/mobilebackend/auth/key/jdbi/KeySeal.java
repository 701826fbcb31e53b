// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key.jdbi;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts signing keys for rest by AES-256-GCM (NIST SP 800-38D) under a key derived from a server secret:
 *
 * <pre>id of the server secret (6) | nonce (12) | encrypted JWK and tag</pre>
 *
 * A key is bound to its id, generation and start, so that sealed keys cannot change places and a retired one cannot be
 * made to sign again. Thread safe.
 */
final class KeySeal {

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int ID_BYTES = 6;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    /** A member of the JWK, which versions that do not know it pass over (RFC 7517 section 4). */
    private static final String BESIDE_TRAIL = "mb_trail";

    /** What seals and opens, by the id of its server secret; the current one first. */
    private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();

    private final String current;
    private final SecureRandom random;
    private final boolean besideTrail;

    /** With a mark in what is sealed if there is an audit trail beside the keys. */
    KeySeal(ServerSecret secret, SecureRandom random, boolean besideTrail) {
        List<byte[]> derived = secret.deriveAll("mobile-backend auth.key seal v2", 32);
        for (int i = 0; i < derived.size(); i++) {
            keys.put(secret.ids().get(i), new SecretKeySpec(derived.get(i), "AES"));
        }
        this.current = secret.ids().get(0);
        this.random = random;
        this.besideTrail = besideTrail;
    }

    byte[] close(SigningKey key) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] bound = bound(key.id(), key.generation(), key.activeFrom());
        try {
            byte[] box = cipher(Cipher.ENCRYPT_MODE, current, nonce, bound)
                    .doFinal(marked(key.privateJwk()).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.allocate(ID_BYTES + NONCE_BYTES + box.length)
                    .put(Base64.getUrlDecoder().decode(current))
                    .put(nonce)
                    .put(box)
                    .array();
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has " + CIPHER, missing);
        }
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
        return sealed.length >= ID_BYTES
                && secretId(sealed).equals(current)
                && (!besideTrail || tellsOfTrail(keyId, generation, activeFrom, sealed));
    }

    private String jwk(String keyId, int generation, Instant activeFrom, byte[] sealed) {
        if (sealed.length < ID_BYTES + NONCE_BYTES || !keys.containsKey(secretId(sealed))) {
            throw new IllegalStateException("the signing key " + keyId + " in mb_auth_keys is sealed under a server "
                    + "secret that this instance does not have, it has " + keys.keySet() + ": give every instance the "
                    + "secret it was made with, or delete the row, which ends its tokens");
        }
        try {
            byte[] nonce = Arrays.copyOfRange(sealed, ID_BYTES, ID_BYTES + NONCE_BYTES);
            byte[] jwk = cipher(Cipher.DECRYPT_MODE, secretId(sealed), nonce, bound(keyId, generation, activeFrom))
                    .doFinal(sealed, ID_BYTES + NONCE_BYTES, sealed.length - ID_BYTES - NONCE_BYTES);
            return new String(jwk, StandardCharsets.UTF_8);
        } catch (AEADBadTagException changed) {
            throw new IllegalStateException("the signing key " + keyId + " in mb_auth_keys was changed since it was "
                    + "sealed: find out by whom, and delete the row, which ends its tokens");
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has " + CIPHER, missing);
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

    private Cipher cipher(int mode, String secretId, byte[] nonce, byte[] bound) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, keys.get(secretId), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(bound);
        return cipher;
    }

    private static String secretId(byte[] sealed) {
        return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(sealed, ID_BYTES));
    }

    private static byte[] bound(String keyId, int generation, Instant activeFrom) {
        return (keyId + '\n' + generation + '\n' + activeFrom).getBytes(StandardCharsets.UTF_8);
    }
}
