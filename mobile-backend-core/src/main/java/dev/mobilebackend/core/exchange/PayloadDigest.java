// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import dev.mobilebackend.core.digest.Sha256;

/**
 * SHA-256 of a request's body, taken while the handler reads it as a stream, as characters or as a form's parameters.
 * The body is never read ahead. Parts cannot be digested, since the container reads them itself: the edge refuses
 * multipart where a digest is needed. Used by one thread at a time.
 */
public final class PayloadDigest {

    private final Sha256 digest;

    public PayloadDigest() {
        digest = new Sha256();
    }

    public void update(byte[] bytes, int offset, int length) {
        digest.add(bytes, offset, length);
    }

    /** The digest of the head line's parts and of all that has been read; can be asked once. */
    byte[] finish(String... head) {
        byte[] body = digest.finish();
        for (String part : head) {
            digest.addTerminated(part);
        }
        return digest.add(body).finish();
    }
}
