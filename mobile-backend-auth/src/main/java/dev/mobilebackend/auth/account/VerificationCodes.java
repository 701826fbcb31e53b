// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;

/**
 * Computes verification codes: eight characters, 40 bits, of Crockford's base32, which has no letter that looks like a
 * digit. A code is a function of address, seed and server secret, and is stored nowhere.
 */
final class VerificationCodes {

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 8;

    private final HmacSha256 key;

    VerificationCodes(ServerSecret secret) {
        key = HmacSha256.of(secret.derive("mobile-backend auth.account code v1", 32));
    }

    String code(String email, String seed) {
        byte[] mac = key.tag(email + "\n" + seed);
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
}
