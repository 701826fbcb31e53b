// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.secret;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what rests in a database, by AES-256-GCM (NIST SP 800-38D) under keys of one purpose that are derived from a
 * server secret:
 *
 * <pre>id of the server secret (6) | nonce (12) | encrypted bytes and tag</pre>
 *
 * What is sealed is bound to where it stands, so that two cannot change places. Thread safe.
 */
public final class Seal {

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int ID_BYTES = 6;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    /** What seals and opens, by the id of its server secret; the current one first. */
    private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();

    private final String current;
    private final SecureRandom random;

    /** The purpose is a constant of the program, and no two rooms have the same. */
    public Seal(ServerSecret secret, String purpose, SecureRandom random) {
        List<byte[]> derived = requireNonNull(secret, "secret must not be null").deriveAll(purpose, 32);
        for (int i = 0; i < derived.size(); i++) {
            keys.put(secret.ids().get(i), new SecretKeySpec(derived.get(i), "AES"));
        }
        this.current = secret.ids().get(0);
        this.random = requireNonNull(random, "random must not be null");
    }

    /** Encrypts under the current secret; it opens only with the same bytes of where it is bound to. */
    public byte[] close(byte[] plain, byte[] bound) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] box = cipher(Cipher.ENCRYPT_MODE, current, nonce, bound).doFinal(plain);
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
     * What was sealed.
     *
     * @throws IllegalArgumentException if it was sealed under a secret that is not {@link #knows known} here
     * @throws AEADBadTagException if it was changed, or was bound to something else
     */
    public byte[] open(byte[] sealed, byte[] bound) throws AEADBadTagException {
        if (!knows(sealed)) {
            throw new IllegalArgumentException("it was sealed under a server secret that is not among " + secrets());
        }
        try {
            byte[] nonce = Arrays.copyOfRange(sealed, ID_BYTES, ID_BYTES + NONCE_BYTES);
            return cipher(Cipher.DECRYPT_MODE, secretId(sealed), nonce, bound)
                    .doFinal(sealed, ID_BYTES + NONCE_BYTES, sealed.length - ID_BYTES - NONCE_BYTES);
        } catch (AEADBadTagException changed) {
            throw changed;
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has " + CIPHER, missing);
        }
    }

    /** Whether it was sealed under one of the secrets of this process. */
    public boolean knows(byte[] sealed) {
        return sealed.length >= ID_BYTES + NONCE_BYTES && keys.containsKey(secretId(sealed));
    }

    /** Whether it was sealed under the current secret. */
    public boolean isCurrent(byte[] sealed) {
        return knows(sealed) && secretId(sealed).equals(current);
    }

    /** Ids of the secrets, as {@link ServerSecret#ids()} has them. */
    public Set<String> secrets() {
        return Set.copyOf(keys.keySet());
    }

    @Override
    public String toString() {
        return "Seal[hidden]";
    }

    private Cipher cipher(int mode, String secretId, byte[] nonce, byte[] bound) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, keys.get(secretId), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(bound);
        return cipher;
    }

    private static String secretId(byte[] sealed) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sealed, ID_BYTES));
    }
}
