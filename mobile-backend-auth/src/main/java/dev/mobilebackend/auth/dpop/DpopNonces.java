// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.dpop;

import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Nonces that carry their own time (RFC 9449 section 8): each instance takes what another gave, and none is kept. */
final class DpopNonces {

    private static final String PURPOSE = "mobile-backend auth.dpop nonce v1";
    private static final int TAG_BYTES = 16;
    private static final int BYTES = Long.BYTES + TAG_BYTES;
    private static final int TEXT_LENGTH = 32;

    private final Duration life;
    private final List<HmacSha256> keys;

    DpopNonces(Duration life, ServerSecret secret) {
        this.life = life;
        this.keys = secret.deriveAll(PURPOSE, HmacSha256.BYTES).stream()
                .map(HmacSha256::of)
                .toList();
    }

    String at(Instant now) {
        byte[] nonce = ByteBuffer.allocate(BYTES).putLong(now.toEpochMilli()).array();
        System.arraycopy(keys.get(0).tag(nonce, 0, Long.BYTES), 0, nonce, Long.BYTES, TAG_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(nonce);
    }

    /** Whether this is one of ours, of not long ago; another instance's clock may be ahead. */
    boolean isGood(String nonce, Instant now) {
        byte[] bytes = nonce.length() == TEXT_LENGTH ? decode(nonce) : new byte[0];
        if (bytes.length != BYTES) {
            return false;
        }
        byte[] tag = Arrays.copyOfRange(bytes, Long.BYTES, BYTES);
        boolean ours = keys.stream()
                .anyMatch(key -> MessageDigest.isEqual(tag, Arrays.copyOf(key.tag(bytes, 0, Long.BYTES), TAG_BYTES)));
        Instant made = Instant.ofEpochMilli(ByteBuffer.wrap(bytes).getLong());
        return ours && Duration.between(made, now).abs().compareTo(life) <= 0;
    }

    private static byte[] decode(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }
}
