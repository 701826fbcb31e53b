// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 of a request's body, taken while the handler reads it as a stream, as characters or as a form's parameters.
 * The body is never read ahead. Parts cannot be digested, since the container reads them itself: the edge refuses
 * multipart where a digest is needed. Used by one thread at a time.
 */
public final class PayloadDigest {

    private final MessageDigest digest;

    public PayloadDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError("every JDK has SHA-256", missing);
        }
    }

    public void update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
    }

    /** The digest of the head line's parts and of all that has been read; can be asked once. */
    byte[] finish(String... head) {
        byte[] body = digest.digest();
        for (String part : head) {
            digest.update(part.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return digest.digest(body);
    }
}
