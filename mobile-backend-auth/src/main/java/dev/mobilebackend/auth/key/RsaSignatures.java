// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;

/**
 * RS256: RSA with PKCS #1 v1.5 (RFC 7518 section 3.3). A signature is as long as the modulus and smaller than it
 * (RFC 8017 sections 8.2.2 and 5.2.2): with zeros before it, or the modulus added, it would be another spelling. The
 * JDK sees to that as well, but not every provider that a host may have put before it.
 */
final class RsaSignatures implements Signatures {

    private static final JWSHeader RS256 = new JWSHeader(JWSAlgorithm.RS256);

    private final RSASSASigner signer;
    private final RSASSAVerifier verifier;
    private final BigInteger modulus;

    RsaSignatures(RSAKey key) throws JOSEException {
        signer = new RSASSASigner(key);
        verifier = new RSASSAVerifier(key);
        modulus = key.getModulus().decodeToBigInteger();
    }

    @Override
    public byte[] sign(byte[] input) {
        try {
            return signer.sign(RS256, input).decode();
        } catch (JOSEException broken) {
            throw new IllegalStateException("could not sign with RS256", broken);
        }
    }

    @Override
    public boolean verify(byte[] input, byte[] signature) {
        try {
            return signature.length == (modulus.bitLength() + Byte.SIZE - 1) / Byte.SIZE
                    && new BigInteger(1, signature).compareTo(modulus) < 0
                    && verifier.verify(RS256, input, Base64URL.encode(signature));
        } catch (JOSEException malformed) {
            return false;
        }
    }
}
