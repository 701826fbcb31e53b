// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import com.nimbusds.jose.jwk.OctetSequenceKey;
import dev.mobilebackend.core.digest.HmacSha256;
import java.security.MessageDigest;

/** HS256: the whole tag, compared in constant time (RFC 7518 section 3.2). */
final class HmacSignatures implements Signatures {

    private final HmacSha256 key;

    HmacSignatures(OctetSequenceKey key) {
        this.key = HmacSha256.of(key.toByteArray());
    }

    @Override
    public byte[] sign(byte[] input) {
        return key.tag(input);
    }

    @Override
    public boolean verify(byte[] input, byte[] signature) {
        return MessageDigest.isEqual(sign(input), signature);
    }
}
