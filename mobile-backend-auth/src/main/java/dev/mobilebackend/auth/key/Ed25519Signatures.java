// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/**
 * EdDSA on Ed25519 by the JDK (RFC 8032 section 5.1, RFC 8037), which needs no further library. S must be below the
 * order of the curve (section 5.1.7): S plus the order would otherwise be a second spelling. The JDK sees to that as
 * well, but not every provider that a host may have put before it.
 */
final class Ed25519Signatures implements Signatures {

    private static final String NAME = "Ed25519";
    private static final int BYTES = 32;
    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private final PrivateKey privateKey;
    private final PublicKey publicKey;

    Ed25519Signatures(OctetKeyPair key) {
        try {
            KeyFactory factory = KeyFactory.getInstance(NAME);
            privateKey = factory.generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, key.getDecodedD()));
            publicKey =
                    factory.generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point(key.getDecodedX())));
        } catch (GeneralSecurityException noKey) {
            throw new IllegalArgumentException("must be an Ed25519 key", noKey);
        }
    }

    static OctetKeyPair.Builder generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME);
            generator.initialize(NamedParameterSpec.ED25519, random);
            KeyPair pair = generator.generateKeyPair();
            EdECPoint point = ((EdECPublicKey) pair.getPublic()).getPoint();
            byte[] secret = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
            return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(bytes(point))).d(Base64URL.encode(secret));
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK from 15 on has " + NAME, missing);
        }
    }

    @Override
    public byte[] sign(byte[] input) {
        try {
            Signature signature = Signature.getInstance(NAME);
            signature.initSign(privateKey);
            signature.update(input);
            return signature.sign();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("could not sign with " + NAME, broken);
        }
    }

    @Override
    public boolean verify(byte[] input, byte[] presented) {
        if (presented.length != 2 * BYTES || littleEndian(presented, BYTES).compareTo(ORDER) >= 0) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(NAME);
            signature.initVerify(publicKey);
            signature.update(input);
            return signature.verify(presented);
        } catch (SignatureException malformed) {
            return false;
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK from 15 on has " + NAME, missing);
        }
    }

    /** RFC 8032 section 5.1.3: y from its lowest byte on, and in the highest bit whether x is odd. */
    private static EdECPoint point(byte[] encoded) {
        byte[] y = Arrays.copyOf(encoded, BYTES);
        boolean odd = y[BYTES - 1] < 0;
        y[BYTES - 1] &= Byte.MAX_VALUE;
        return new EdECPoint(odd, littleEndian(y, 0));
    }

    private static byte[] bytes(EdECPoint point) {
        byte[] encoded = new byte[BYTES];
        byte[] digits = point.getY().toByteArray();
        for (int i = 0; i < Math.min(digits.length, BYTES); i++) {
            encoded[i] = digits[digits.length - 1 - i];
        }
        if (point.isXOdd()) {
            encoded[BYTES - 1] |= Byte.MIN_VALUE;
        }
        return encoded;
    }

    private static BigInteger littleEndian(byte[] bytes, int from) {
        byte[] reversed = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            reversed[i] = bytes[from + BYTES - 1 - i];
        }
        return new BigInteger(1, reversed);
    }
}
