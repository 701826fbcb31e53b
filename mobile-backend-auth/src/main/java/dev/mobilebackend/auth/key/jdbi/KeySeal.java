// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key.jdbi;

import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts signing keys for rest: AES-256-GCM (NIST SP 800-38D) under a key derived from the server secret, nonce
 * first, bound to the key's id so that sealed keys cannot change places. Thread safe.
 */
final class KeySeal {

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final SecureRandom random;

    KeySeal(ServerSecret secret, SecureRandom random) {
        this.key = new SecretKeySpec(secret.derive("mobile-backend auth.key seal v1", 32), "AES");
        this.random = random;
    }

    byte[] close(String keyId, String jwk) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] box = cipher(Cipher.ENCRYPT_MODE, nonce, keyId).doFinal(jwk.getBytes(StandardCharsets.UTF_8));
            byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + box.length);
            System.arraycopy(box, 0, sealed, NONCE_BYTES, box.length);
            return sealed;
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has " + CIPHER, missing);
        }
    }

    /**
     * What was sealed under this id.
     *
     * @throws IllegalStateException if it was sealed under another secret or another id, or was changed
     */
    String open(String keyId, byte[] sealed) {
        if (sealed.length < NONCE_BYTES) {
            throw unopenable(keyId);
        }
        try {
            byte[] jwk = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_BYTES), keyId)
                    .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
            return new String(jwk, StandardCharsets.UTF_8);
        } catch (AEADBadTagException changed) {
            throw unopenable(keyId);
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has " + CIPHER, missing);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String keyId) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(keyId.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static IllegalStateException unopenable(String keyId) {
        return new IllegalStateException("the signing key " + keyId + " in mb_auth_keys does not open with this server "
                + "secret: give every instance the secret it was made with, or delete the row, which ends its tokens");
    }
}
