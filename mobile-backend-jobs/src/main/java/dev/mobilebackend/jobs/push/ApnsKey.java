// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A key for APNs, as Apple's developer pages give it.
 *
 * <pre>{@code
 * ApnsKey.parse("A1B2C3D4E5", "F6G7H8I9J0", Files.readAllBytes(Path.of(System.getenv("APNS_KEY"))))
 * }</pre>
 */
public final class ApnsKey {

    private static final Pattern ID = Pattern.compile("[A-Z0-9]{10}");
    private static final int CURVE_BITS = 256;

    private final String teamId;
    private final String keyId;
    private final PrivateKey key;

    private ApnsKey(String teamId, String keyId, PrivateKey key) {
        this.teamId = teamId;
        this.keyId = keyId;
        this.key = key;
    }

    /**
     * The key with this id, of the team with that one.
     *
     * @param p8 the contents of the file {@code AuthKey_<keyId>.p8}
     * @throws IllegalArgumentException if it is no key on P-256, or an id is none of Apple's
     */
    public static ApnsKey parse(String teamId, String keyId, byte[] p8) {
        checkId("teamId", teamId);
        checkId("keyId", keyId);
        PrivateKey key = Jwt.key(Jwt.Algorithm.ES256, new String(p8, StandardCharsets.US_ASCII));
        if (!(key instanceof ECPrivateKey curve) || curve.getParams().getOrder().bitLength() != CURVE_BITS) {
            throw new IllegalArgumentException("the key " + keyId + " must be on P-256, as all of Apple's are");
        }
        return new ApnsKey(teamId, keyId, key);
    }

    /** What a request proves its sender by. */
    String token(Instant issued) {
        return Jwt.signed(Jwt.Algorithm.ES256, keyId, Map.of("iss", teamId, "iat", issued.getEpochSecond()), key);
    }

    private static void checkId(String name, String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(name + " must be ten upper case letters and digits, was \"" + id + "\"");
        }
    }

    @Override
    public String toString() {
        return "ApnsKey[" + teamId + ", " + keyId + ", hidden]";
    }
}
