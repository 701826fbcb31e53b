// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * An access token taken apart (RFC 7515 section 3.1), before anything in it is trusted.
 *
 * <p>The header is not parsed as JSON: it must be, byte for byte, the one that this class writes, with any key id in
 * its place. So nothing in it can choose an algorithm, bring a key ({@code jwk}, {@code jku}, {@code x5u}) or ask for
 * an extension ({@code crit}) (RFC 8725 sections 3.1 and 3.10). Each part must be canonical base64url without padding
 * (RFC 4648 sections 3.5 and 5), so a token has one spelling.
 */
final class CompactForm {

    /** The header up to the key id; {@code typ} by RFC 9068 section 2.1. */
    private static final String HEADER_START = "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"";

    private static final String HEADER_END = "\"}";

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final String keyId;
    private final byte[] signedBytes;
    private final byte[] payload;
    private final byte[] signature;

    private CompactForm(String keyId, byte[] signedBytes, byte[] payload, byte[] signature) {
        this.keyId = keyId;
        this.signedBytes = signedBytes;
        this.payload = payload;
        this.signature = signature;
    }

    /** The text that gets signed. */
    static String toSign(String keyId, byte[] payload) {
        byte[] header = (HEADER_START + keyId + HEADER_END).getBytes(StandardCharsets.US_ASCII);
        return ENCODER.encodeToString(header) + "." + ENCODER.encodeToString(payload);
    }

    static String signed(String toSign, byte[] signature) {
        return toSign + "." + ENCODER.encodeToString(signature);
    }

    /** The parts of a token, or nothing if it has not exactly this form. */
    static Optional<CompactForm> parse(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0) {
            return Optional.empty();
        }
        try {
            String header = new String(decode(token.substring(0, first)), StandardCharsets.ISO_8859_1);
            byte[] payload = decode(token.substring(first + 1, second));
            byte[] signature = decode(token.substring(second + 1));
            if (header.length() <= HEADER_START.length() + HEADER_END.length()
                    || !header.startsWith(HEADER_START)
                    || !header.endsWith(HEADER_END)) {
                return Optional.empty();
            }
            String keyId = header.substring(HEADER_START.length(), header.length() - HEADER_END.length());
            byte[] signedBytes = token.substring(0, second).getBytes(StandardCharsets.US_ASCII);
            return Optional.of(new CompactForm(keyId, signedBytes, payload, signature));
        } catch (IllegalArgumentException notBase64url) {
            return Optional.empty();
        }
    }

    String keyId() {
        return keyId;
    }

    byte[] signedBytes() {
        return signedBytes;
    }

    byte[] payload() {
        return payload;
    }

    byte[] signature() {
        return signature;
    }

    /** Java's decoder takes padding and stray bits at the end: what does not come out the same again is refused. */
    private static byte[] decode(String part) {
        byte[] bytes = Base64.getUrlDecoder().decode(part);
        if (!ENCODER.encodeToString(bytes).equals(part)) {
            throw new IllegalArgumentException("not canonical base64url");
        }
        return bytes;
    }
}
