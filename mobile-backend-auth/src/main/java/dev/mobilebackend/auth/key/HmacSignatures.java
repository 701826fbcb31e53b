// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import com.nimbusds.jose.jwk.OctetSequenceKey;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/** HS256: the whole of HMAC-SHA256, compared in constant time (RFC 7518 section 3.2). */
final class HmacSignatures implements Signatures {

    private static final String NAME = "HmacSHA256";

    private final SecretKey key;

    HmacSignatures(OctetSequenceKey key) {
        this.key = key.toSecretKey(NAME);
    }

    @Override
    public byte[] sign(byte[] input) {
        try {
            Mac mac = Mac.getInstance(NAME);
            mac.init(key);
            return mac.doFinal(input);
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has " + NAME, missing);
        }
    }

    @Override
    public boolean verify(byte[] input, byte[] signature) {
        return MessageDigest.isEqual(sign(input), signature);
    }
}
