// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import dev.mobilebackend.auth.key.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * An access token taken apart (RFC 7515 section 3.1), before anything in it is trusted.
 *
 * <p>The header is not parsed as JSON: it must be, byte for byte, the one that this class writes for the key it names.
 * So nothing in it can choose an algorithm, bring a key ({@code jwk}, {@code jku}, {@code x5u}) or ask for an extension
 * ({@code crit}) (RFC 8725 sections 3.1 and 3.10). Each part must be canonical base64url without padding (RFC 4648
 * sections 3.5 and 5), so a token has one spelling.
 */
final class CompactForm {

    private static final String ID_START = ",\"kid\":\"";
    private static final String ID_END = "\"}";

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final String header;
    private final String keyId;
    private final byte[] signedBytes;
    private final byte[] payload;
    private final byte[] signature;

    private CompactForm(String header, byte[] signedBytes, byte[] payload, byte[] signature) {
        this.header = header;
        this.keyId = keyId(header);
        this.signedBytes = signedBytes;
        this.payload = payload;
        this.signature = signature;
    }

    /** The token that a key makes of a payload. */
    static String sign(SigningKey key, byte[] payload) {
        byte[] header = header(key).getBytes(StandardCharsets.US_ASCII);
        String toSign = ENCODER.encodeToString(header) + "." + ENCODER.encodeToString(payload);
        return toSign + "." + ENCODER.encodeToString(key.sign(toSign.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The parts of a token, or nothing if it has not three in their one spelling and a key id where ours stands. */
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
            byte[] signedBytes = token.substring(0, second).getBytes(StandardCharsets.US_ASCII);
            return Optional.of(new CompactForm(header, signedBytes, payload, signature));
        } catch (IllegalArgumentException notOfThisForm) {
            return Optional.empty();
        }
    }

    /** What to look the key up by, and nothing more. */
    String keyId() {
        return keyId;
    }

    byte[] payload() {
        return payload;
    }

    /** Whether this key made the token, by its own algorithm and with its own header. */
    boolean isSignedBy(SigningKey key) {
        return header.equals(header(key)) && key.verify(signedBytes, signature);
    }

    /** {@code typ} by RFC 9068 section 2.1. */
    private static String header(SigningKey key) {
        return "{\"alg\":\"" + key.algorithm().text() + "\",\"typ\":\"at+jwt\"" + ID_START + key.id() + ID_END;
    }

    private static String keyId(String header) {
        int start = header.indexOf(ID_START);
        if (start < 0 || !header.endsWith(ID_END) || header.length() < start + ID_START.length() + ID_END.length()) {
            throw new IllegalArgumentException("no key id where ours stands");
        }
        return header.substring(start + ID_START.length(), header.length() - ID_END.length());
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
