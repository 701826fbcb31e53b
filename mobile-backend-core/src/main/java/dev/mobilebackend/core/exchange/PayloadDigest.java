// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import dev.mobilebackend.core.digest.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of a request's body, taken while the handler reads it as a stream, as characters or as a form's parameters.
 * The body is never read ahead. Parts cannot be digested, since the container reads them itself: the edge refuses
 * multipart where a digest is needed. Used by one thread at a time.
 */
public final class PayloadDigest {

    private final Sha256 digest;
    private byte @Nullable [] fingerprint;

    public PayloadDigest() {
        digest = new Sha256();
    }

    public void update(byte[] bytes, int offset, int length) {
        digest.add(bytes, offset, length);
    }

    /** The digest of the head line's parts and of all that has been read; every call after the first gives the same. */
    byte[] finish(String... head) {
        if (fingerprint == null) {
            byte[] body = digest.finish();
            for (String part : head) {
                digest.addTerminated(part);
            }
            fingerprint = digest.add(body).finish();
        }
        return fingerprint.clone();
    }

    boolean isFinished() {
        return fingerprint != null;
    }
}
