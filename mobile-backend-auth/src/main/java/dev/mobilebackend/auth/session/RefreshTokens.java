// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Makes refresh tokens and tells ours from others, without a database. A token is a function of session and counter
 * under a key of that session, so asking again gives the same bytes and nothing needs to be stored. Made under the
 * current server secret, and taken under each that is accepted beside it:
 *
 * <pre>version (1) | session id (16) | counter (4) | HMAC-SHA256 of these, cut to 144 bits (18)</pre>
 *
 * 39 bytes are 52 characters of base64url with no bit to spare, so each token has exactly one spelling.
 */
final class RefreshTokens {

    private static final byte VERSION = 1;
    private static final int ID_BYTES = 16;
    private static final int SIGNED_BYTES = 1 + ID_BYTES + Integer.BYTES;
    private static final int BYTES = SIGNED_BYTES + 18;
    private static final int TEXT_LENGTH = 52;

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final ServerSecret secret;

    RefreshTokens(ServerSecret secret) {
        this.secret = secret;
    }

    /** A session id of 16 bytes, as it stands in rows, access tokens and paths. */
    static String sessionId(byte[] random) {
        return ENCODER.encodeToString(random);
    }

    RefreshToken mint(String sessionId, int counter) {
        byte[] bytes = ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .put(Base64.getUrlDecoder().decode(sessionId))
                .putInt(counter)
                .array();
        byte[] mac = mac(secret.derive(purpose(sessionId), HmacSha256.BYTES), bytes);
        System.arraycopy(mac, 0, bytes, SIGNED_BYTES, mac.length);
        return new RefreshToken(sessionId, counter, ENCODER.encodeToString(bytes));
    }

    /** The token if this text is one that {@link #mint} made, under this secret or one that is accepted beside it. */
    Optional<RefreshToken> verify(String text) {
        byte[] bytes = text.length() == TEXT_LENGTH ? decode(text) : new byte[0];
        if (bytes.length != BYTES || bytes[0] != VERSION) {
            return Optional.empty();
        }
        String sessionId = sessionId(Arrays.copyOfRange(bytes, 1, 1 + ID_BYTES));
        byte[] presented = Arrays.copyOfRange(bytes, SIGNED_BYTES, BYTES);
        boolean genuine = secret.deriveAll(purpose(sessionId), HmacSha256.BYTES).stream()
                .anyMatch(key -> MessageDigest.isEqual(presented, mac(key, bytes)));
        if (!genuine) {
            return Optional.empty();
        }
        int counter = ByteBuffer.wrap(bytes).getInt(1 + ID_BYTES);
        return Optional.of(new RefreshToken(sessionId, counter, text));
    }

    private static byte[] mac(byte[] key, byte[] token) {
        return Arrays.copyOf(HmacSha256.of(key).tag(token, 0, SIGNED_BYTES), BYTES - SIGNED_BYTES);
    }

    private static String purpose(String sessionId) {
        return "mobile-backend auth.session refresh token v1 " + sessionId;
    }

    private static byte[] decode(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }
}
