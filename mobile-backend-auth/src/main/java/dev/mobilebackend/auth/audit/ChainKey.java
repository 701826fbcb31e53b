// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What the trail is tagged and sealed with, by HMAC-SHA256; derived from a server secret. When that is changed, the new
 * key keeps the one before, encrypted by AES-256-GCM (NIST SP 800-38D), so that what it has tagged can still be checked
 * once its secret is gone. Thread safe.
 */
final class ChainKey {

    private static final String PURPOSE = "mobile-backend auth.audit chain v1";
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int SALT_BYTES = 16;
    private static final int ID_BYTES = 6;
    private static final int NONCE_BYTES = 12;
    private static final int GCM_TAG_BITS = 128;

    private final byte[] bytes;
    private final HmacSha256 mac;
    private final String id;

    private ChainKey(byte[] bytes) {
        this.bytes = bytes;
        this.mac = HmacSha256.of(bytes);
        this.id = base64(Arrays.copyOf(mac.tag("id"), ID_BYTES));
    }

    /** The one to tag with, then those that are accepted too. */
    static List<ChainKey> of(ServerSecret secret) {
        return secret.deriveAll(PURPOSE, HmacSha256.BYTES).stream()
                .map(ChainKey::new)
                .toList();
    }

    /** Tells keys from each other, and nothing of them. */
    String id() {
        return id;
    }

    AuditEntry entry(byte[] tagBefore, long number, AuditEvent event, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] blinded = AuditChain.blinded(salt, event.details());
        return new AuditEntry(
                number, event, salt, blinded, mac.tag(AuditChain.entry(tagBefore, number, event, blinded)));
    }

    /** Whether this entry, wherever it is kept, was recorded at that place after an entry with that tag. */
    boolean hasTagged(byte[] tagBefore, long number, AuditEntry entry) {
        return MessageDigest.isEqual(
                entry.tag(), mac.tag(AuditChain.entry(tagBefore, number, entry.event(), entry.blinded())));
    }

    AuditHead head(long number, byte[] tag) {
        return new AuditHead(number, tag, mac.tag(AuditChain.head(number, tag)));
    }

    boolean hasSealed(AuditHead head) {
        return MessageDigest.isEqual(head.seal(), mac.tag(AuditChain.head(head.number(), head.tag())));
    }

    /** Another key, for the time when its secret is gone. */
    String wrap(ChainKey other, SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] box = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(other.bytes);
            return base64(nonce) + '.' + base64(box);
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has " + CIPHER, missing);
        }
    }

    /** What {@link #wrap} was given; empty if this is nothing that this key has wrapped. */
    Optional<ChainKey> tryUnwrap(@Nullable String wrapped) {
        if (wrapped == null) {
            return Optional.empty();
        }
        int dot = Math.max(0, wrapped.indexOf('.'));
        try {
            byte[] nonce = Base64.getUrlDecoder().decode(wrapped.substring(0, dot));
            byte[] box = Base64.getUrlDecoder().decode(wrapped.substring(dot + 1));
            return Optional.of(new ChainKey(cipher(Cipher.DECRYPT_MODE, nonce).doFinal(box)));
        } catch (GeneralSecurityException | IllegalArgumentException changed) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "ChainKey[" + id + "]";
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(mac.tag("wrap"), "AES"), new GCMParameterSpec(GCM_TAG_BITS, nonce));
        return cipher;
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
