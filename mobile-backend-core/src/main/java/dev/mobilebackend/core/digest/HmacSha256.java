// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.digest;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key, and the HMAC-SHA256 tags (RFC 2104, FIPS 198-1) that only its owner can make. Compare tags with
 * {@link java.security.MessageDigest#isEqual}, which takes the same time wherever they differ. Immutable and thread
 * safe.
 */
public final class HmacSha256 {

    /** The length of a tag. */
    public static final int BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    private HmacSha256(SecretKeySpec key) {
        this.key = key;
    }

    /**
     * Tags under a key, of which a copy is kept.
     *
     * @throws IllegalArgumentException if the key is empty
     */
    public static HmacSha256 of(byte[] key) {
        return new HmacSha256(new SecretKeySpec(key, ALGORITHM));
    }

    /** The tag of these parts one after the other; where one part ends is not part of it. */
    public byte[] tag(byte[]... parts) {
        Mac mac = mac();
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    /** The tag of a piece of some bytes. */
    public byte[] tag(byte[] bytes, int offset, int length) {
        Mac mac = mac();
        mac.update(bytes, offset, length);
        return mac.doFinal();
    }

    /** The tag of a text in UTF-8. */
    public byte[] tag(String text) {
        return mac().doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "HmacSha256[hidden]";
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has " + ALGORITHM, missing);
        }
    }
}
