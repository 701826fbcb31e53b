// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Computes what stands in messages, from seeds and the server secret; it is stored nowhere. A code has eight
 * characters, 40 bits, of Crockford's base32, which has no letter that looks like a digit. A link's token has 48 in
 * base64url: its seed and 160 bits that only the secret yields.
 */
final class CodeText {

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int CODE_LENGTH = 8;

    private static final int SEED_BYTES = 16;
    private static final int TAG_BYTES = 20;
    private static final int TOKEN_LENGTH = 48;

    /** What is sent is computed with the first key; what comes back may be of any. */
    private final List<HmacSha256> codes;

    private final List<HmacSha256> links;

    CodeText(ServerSecret secret) {
        codes = keys(secret, "mobile-backend auth.account code v2");
        links = keys(secret, "mobile-backend auth.account sign-in link v1");
    }

    /** The code of a notice of this kind to this contact. */
    String code(Notice.Kind kind, String to, String seed) {
        return code(codes.get(0), kind, to, seed);
    }

    private static String code(HmacSha256 key, Notice.Kind kind, String to, String seed) {
        byte[] tag = key.tag(kind + "\n" + to + "\n" + seed);
        long bits = 0;
        for (int i = 0; i < 5; i++) {
            bits = (bits << 8) | (tag[i] & 0xff);
        }
        var code = new StringBuilder(CODE_LENGTH);
        for (int shift = 35; shift >= 0; shift -= 5) {
            code.append(ALPHABET.charAt((int) (bits >> shift) & 31));
        }
        return code.toString();
    }

    /** Takes what people type: small letters, spaces, hyphens, and the letters that the alphabet leaves out. */
    boolean matches(String typed, PendingCode pending) {
        String code = typed.toUpperCase(Locale.ROOT)
                .replaceAll("[\\s-]", "")
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
        boolean right = false;
        for (HmacSha256 key : codes) {
            String expected =
                    code(key, pending.purpose().notice(), pending.contact().text(), pending.seed());
            right |= MessageDigest.isEqual(
                    code.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
        }
        return right;
    }

    /** The token of a link. */
    String token(String seed) {
        return token(links.get(0), seed);
    }

    private static String token(HmacSha256 key, String seed) {
        byte[] token = Arrays.copyOf(Base64.getUrlDecoder().decode(seed), SEED_BYTES + TAG_BYTES);
        System.arraycopy(key.tag(token, 0, SEED_BYTES), 0, token, SEED_BYTES, TAG_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** The seed of a token that was made here; its 48 characters are whole bytes, so it has one spelling. */
    Optional<String> seed(String token) {
        if (token.length() != TOKEN_LENGTH) {
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
        String seed = Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes, SEED_BYTES));
        byte[] presented = token.getBytes(StandardCharsets.UTF_8);
        boolean ours = links.stream()
                .anyMatch(
                        key -> MessageDigest.isEqual(token(key, seed).getBytes(StandardCharsets.US_ASCII), presented));
        return ours ? Optional.of(seed) : Optional.empty();
    }

    private static List<HmacSha256> keys(ServerSecret secret, String purpose) {
        return secret.deriveAll(purpose, HmacSha256.BYTES).stream()
                .map(HmacSha256::of)
                .toList();
    }
}
