// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * ES256: r and s, 32 bytes each (RFC 7518 section 3.4).
 *
 * <p>A signature (r, s) has a twin (r, n - s) that verifies as well, so a token would have two spellings. Only the one
 * with the smaller s is made and taken.
 */
final class EcdsaSignatures implements Signatures {

    private static final JWSHeader ES256 = new JWSHeader(JWSAlgorithm.ES256);
    private static final int COORDINATE_BYTES = 32;
    private static final BigInteger ORDER = Curve.P_256.toECParameterSpec().getOrder();
    private static final BigInteger HALF_ORDER = ORDER.shiftRight(1);

    private final ECDSASigner signer;
    private final ECDSAVerifier verifier;

    EcdsaSignatures(ECKey key) throws JOSEException {
        signer = new ECDSASigner(key);
        verifier = new ECDSAVerifier(key);
    }

    @Override
    public byte[] sign(byte[] input) {
        try {
            byte[] signature = signer.sign(ES256, input).decode();
            BigInteger s = s(signature);
            return s.compareTo(HALF_ORDER) <= 0 ? signature : withS(signature, ORDER.subtract(s));
        } catch (JOSEException broken) {
            throw new IllegalStateException("could not sign with ES256", broken);
        }
    }

    @Override
    public boolean verify(byte[] input, byte[] signature) {
        try {
            return signature.length == 2 * COORDINATE_BYTES
                    && s(signature).compareTo(HALF_ORDER) <= 0
                    && verifier.verify(ES256, input, Base64URL.encode(signature));
        } catch (JOSEException malformed) {
            return false;
        }
    }

    private static BigInteger s(byte[] signature) {
        return new BigInteger(1, signature, COORDINATE_BYTES, COORDINATE_BYTES);
    }

    private static byte[] withS(byte[] signature, BigInteger s) {
        byte[] changed = Arrays.copyOf(signature, 2 * COORDINATE_BYTES);
        byte[] digits = s.toByteArray();
        int length = Math.min(digits.length, COORDINATE_BYTES);
        Arrays.fill(changed, COORDINATE_BYTES, changed.length - length, (byte) 0);
        System.arraycopy(digits, digits.length - length, changed, changed.length - length, length);
        return changed;
    }
}
