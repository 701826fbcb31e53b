// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import dev.mobilebackend.core.digest.HmacSha256;
import dev.mobilebackend.core.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/**
 * What ties one use of a refresh token to one app installation: HMAC-SHA256 of the token's text under a secret that the
 * app made at install and never sends. A retry of the same installation carries the same proof; somebody who copied the
 * token alone cannot make it. Travels base64url without padding in the request field {@value #HEADER}.
 */
public final class RotationProof {

    public static final String HEADER = "Refresh-Proof";

    static final int FINGERPRINT_BYTES = 16;

    private static final int BYTES = 32;
    private static final int TEXT_LENGTH = 43;

    private final byte[] value;

    private RotationProof(byte[] value) {
        this.value = value;
    }

    /** The proof an app sends along when it presents a refresh token. */
    public static RotationProof of(byte[] installSecret, String refreshToken) {
        return new RotationProof(HmacSha256.of(installSecret).tag(refreshToken));
    }

    /**
     * What stands for a use of a token that was proved by a key (RFC 9449): the same for each repetition. It is longer
     * than any proof that can be sent, so nobody who knows the key's public half can send it instead.
     */
    static RotationProof byKey(String keyThumbprint, String refreshToken) {
        return new RotationProof(("key " + keyThumbprint + " " + refreshToken).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * The proof in a request field.
     *
     * @throws IllegalArgumentException if it is not 32 bytes in base64url without padding
     */
    public static RotationProof parse(String text) {
        byte[] bytes = text.length() == TEXT_LENGTH ? decode(text) : new byte[0];
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a rotation proof is " + BYTES + " bytes in base64url without padding: "
                    + TEXT_LENGTH + " characters");
        }
        return new RotationProof(bytes);
    }

    /** The proof as it travels. */
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
    }

    /** What a store keeps of it: the first 16 bytes of its SHA-256. */
    public byte[] fingerprint() {
        return Arrays.copyOf(Sha256.of(value), FINGERPRINT_BYTES);
    }

    boolean matches(byte[] fingerprint) {
        return MessageDigest.isEqual(fingerprint(), fingerprint);
    }

    @Override
    public String toString() {
        return "RotationProof[hidden]";
    }

    private static byte[] decode(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }
}
