// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Computes verification codes: eight characters, 40 bits, of Crockford's base32, which has no letter that looks like a
 * digit. A code is a function of address, seed and server secret, and is stored nowhere.
 */
final class VerificationCodes {

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 8;

    private final SecretKeySpec key;

    VerificationCodes(ServerSecret secret) {
        key = new SecretKeySpec(secret.derive("mobile-backend auth.account code v1", 32), "HmacSHA256");
    }

    String code(String email, String seed) {
        byte[] mac = mac(email + "\n" + seed);
        long bits = 0;
        for (int i = 0; i < 5; i++) {
            bits = (bits << 8) | (mac[i] & 0xff);
        }
        var code = new StringBuilder(LENGTH);
        for (int shift = 35; shift >= 0; shift -= 5) {
            code.append(ALPHABET.charAt((int) (bits >> shift) & 31));
        }
        return code.toString();
    }

    /** Takes what people type: small letters, spaces, hyphens, and the letters that the alphabet leaves out. */
    boolean matches(String typed, String email, String seed) {
        String code = typed.toUpperCase(Locale.ROOT)
                .replaceAll("[\\s-]", "")
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
        return MessageDigest.isEqual(
                code.getBytes(StandardCharsets.UTF_8), code(email, seed).getBytes(StandardCharsets.UTF_8));
    }

    private byte[] mac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has HmacSHA256", missing);
        }
    }
}
