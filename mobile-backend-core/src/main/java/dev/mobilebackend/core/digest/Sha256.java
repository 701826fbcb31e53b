// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.digest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A SHA-256 digest (FIPS 180-4) of what is added piece by piece. Used by one thread at a time.
 *
 * <pre>{@code
 * byte[] scope = new Sha256().addTerminated(account).addTerminated(key).finish();
 * }</pre>
 */
public final class Sha256 {

    /** The length of a digest. */
    public static final int BYTES = 32;

    private final MessageDigest digest;

    public Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError("every JDK has SHA-256", missing);
        }
    }

    /** The digest of some bytes. */
    public static byte[] of(byte[] bytes) {
        return new Sha256().add(bytes).finish();
    }

    /** The digest of a text in UTF-8. */
    public static byte[] of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public Sha256 add(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    public Sha256 add(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
        return this;
    }

    /** Adds a text in UTF-8 and a zero byte after it, so that texts in a row do not run into each other. */
    public Sha256 addTerminated(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return this;
    }

    /** The digest of all that was added; whatever is added next begins another one. */
    public byte[] finish() {
        return digest.digest();
    }
}
