// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/**
 * A key pair for ES256 (RFC 7518 section 3.4), named by its thumbprint (RFC 7638). Immutable and thread safe.
 *
 * <p>An ECDSA signature (r, s) has a twin (r, n - s) that verifies as well, so a token would have two spellings. This
 * key makes and takes only the one with the smaller s.
 */
public final class SigningKey {

    private static final JWSHeader ES256 = new JWSHeader(JWSAlgorithm.ES256);
    private static final int COORDINATE_BYTES = 32;
    private static final BigInteger ORDER = Curve.P_256.toECParameterSpec().getOrder();
    private static final BigInteger HALF_ORDER = ORDER.shiftRight(1);

    private final int generation;
    private final Instant activeFrom;
    private final ECKey jwk;
    private final ECDSASigner signer;
    private final ECDSAVerifier verifier;

    private SigningKey(int generation, Instant activeFrom, ECKey jwk) throws JOSEException {
        this.generation = generation;
        this.activeFrom = activeFrom.truncatedTo(ChronoUnit.MICROS);
        this.jwk = jwk;
        this.signer = new ECDSASigner(jwk);
        this.verifier = new ECDSAVerifier(jwk);
    }

    /** A new key, the {@code generation}-th of its ring, that signs from an instant on. */
    public static SigningKey generate(int generation, Instant activeFrom, SecureRandom random) {
        try {
            ECKey jwk = new ECKeyGenerator(Curve.P_256)
                    .secureRandom(random)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint(true)
                    .generate();
            return new SigningKey(generation, activeFrom, jwk);
        } catch (JOSEException missing) {
            throw new AssertionError("every JDK has P-256", missing);
        }
    }

    /**
     * The key that {@link #privateJwk} gave.
     *
     * @throws IllegalArgumentException if it is not a private P-256 key; the message does not repeat it
     */
    public static SigningKey ofPrivateJwk(int generation, Instant activeFrom, String jwk) {
        try {
            return new SigningKey(generation, activeFrom, ECKey.parse(jwk));
        } catch (ParseException | JOSEException | IllegalArgumentException notOne) {
            throw new IllegalArgumentException("signing key of generation " + generation
                    + " must be a private P-256 key as a JWK (RFC 7517), was something else");
        }
    }

    public String id() {
        return jwk.getKeyID();
    }

    /** Its place in the order of keys, from 1; two instances cannot both make the same. */
    public int generation() {
        return generation;
    }

    /** When it starts to sign. */
    public Instant activeFrom() {
        return activeFrom;
    }

    /** The signature as r and s, 32 bytes each. */
    public byte[] sign(byte[] input) {
        try {
            byte[] signature = signer.sign(ES256, input).decode();
            BigInteger s = s(signature);
            return s.compareTo(HALF_ORDER) <= 0 ? signature : withS(signature, ORDER.subtract(s));
        } catch (JOSEException broken) {
            throw new IllegalStateException("could not sign with the key " + id(), broken);
        }
    }

    public boolean verify(byte[] input, byte[] signature) {
        try {
            return signature.length == 2 * COORDINATE_BYTES
                    && s(signature).compareTo(HALF_ORDER) <= 0
                    && verifier.verify(ES256, input, Base64URL.encode(signature));
        } catch (JOSEException malformed) {
            return false;
        }
    }

    /** The whole key as a JWK (RFC 7517), for a store to keep: a secret. */
    public String privateJwk() {
        return jwk.toJSONString();
    }

    ECKey publicJwk() {
        return jwk.toPublicJWK();
    }

    @Override
    public String toString() {
        return "SigningKey[" + id() + ", generation " + generation + ", active from " + activeFrom + "]";
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
