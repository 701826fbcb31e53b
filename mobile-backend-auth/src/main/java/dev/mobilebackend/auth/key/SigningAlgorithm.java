// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import java.security.SecureRandom;

/**
 * How tokens are signed. A key is made for one of these and is used with no other, so a token never chooses (RFC 8725
 * section 3.1).
 */
public enum SigningAlgorithm {

    /** ECDSA on P-256 (RFC 7518 section 3.4): short signatures, and known to every JWT library. */
    ES256("ES256") {
        @Override
        JWK generate(SecureRandom random) throws JOSEException {
            return new ECKeyGenerator(Curve.P_256)
                    .secureRandom(random)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint(true)
                    .generate();
        }

        @Override
        Signatures signatures(JWK jwk) throws JOSEException {
            return new EcdsaSignatures(jwk.toECKey());
        }

        @Override
        boolean fits(JWK jwk) {
            return jwk instanceof ECKey key && key.getCurve().equals(Curve.P_256);
        }
    },

    /** Ed25519 (RFC 8037): as short, and a signature depends on nothing random. Not every JWT library knows it. */
    EDDSA("EdDSA") {
        @Override
        JWK generate(SecureRandom random) throws JOSEException {
            return Ed25519Signatures.generate(random)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.EdDSA)
                    .keyIDFromThumbprint()
                    .build();
        }

        @Override
        Signatures signatures(JWK jwk) {
            return new Ed25519Signatures(jwk.toOctetKeyPair());
        }

        @Override
        boolean fits(JWK jwk) {
            return jwk instanceof OctetKeyPair key && key.getCurve().equals(Curve.Ed25519);
        }
    },

    /**
     * RSA with PKCS #1 v1.5 and 3072 bits (RFC 7518 section 3.3): quick to verify, for readers of the key set that know
     * nothing newer. Signatures take 512 characters.
     */
    RS256("RS256") {
        @Override
        JWK generate(SecureRandom random) throws JOSEException {
            return new RSAKeyGenerator(RSA_BITS)
                    .secureRandom(random)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .keyIDFromThumbprint(true)
                    .generate();
        }

        @Override
        Signatures signatures(JWK jwk) throws JOSEException {
            return new RsaSignatures(jwk.toRSAKey());
        }

        @Override
        boolean fits(JWK jwk) {
            return jwk instanceof RSAKey key && key.size() >= LEAST_RSA_BITS;
        }
    },

    /**
     * HMAC with SHA-256 (RFC 7518 section 3.2): quickest of all, for an application whose tokens nobody else verifies.
     * Whoever could verify could also sign, so such a key never stands in the key set.
     */
    HS256("HS256") {
        @Override
        JWK generate(SecureRandom random) throws JOSEException {
            // Its id is random: a thumbprint would publish a hash of the secret (RFC 7638 section 7).
            byte[] id = new byte[HMAC_BITS / Byte.SIZE];
            random.nextBytes(id);
            return new OctetSequenceKeyGenerator(HMAC_BITS)
                    .secureRandom(random)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.HS256)
                    .keyID(Base64URL.encode(id).toString())
                    .generate();
        }

        @Override
        Signatures signatures(JWK jwk) {
            return new HmacSignatures(jwk.toOctetSequenceKey());
        }

        @Override
        boolean fits(JWK jwk) {
            return jwk instanceof OctetSequenceKey key && key.size() >= HMAC_BITS;
        }
    };

    private static final int RSA_BITS = 3072;
    private static final int LEAST_RSA_BITS = 2048;
    private static final int HMAC_BITS = 256;

    private final String text;

    SigningAlgorithm(String text) {
        this.text = text;
    }

    /** Its name in a header and a key, such as {@code EdDSA}. */
    public String text() {
        return text;
    }

    abstract JWK generate(SecureRandom random) throws JOSEException;

    abstract Signatures signatures(JWK jwk) throws JOSEException;

    /** Whether a key is of the kind and size for this. */
    abstract boolean fits(JWK jwk);

    /**
     * The algorithm that a private key names.
     *
     * @throws IllegalArgumentException if it names none of these, or is not of that kind
     */
    static SigningAlgorithm of(JWK jwk) {
        String named = jwk.getAlgorithm() == null ? "" : jwk.getAlgorithm().getName();
        for (SigningAlgorithm each : values()) {
            if (each.text.equals(named) && each.fits(jwk) && jwk.isPrivate()) {
                return each;
            }
        }
        throw new IllegalArgumentException("no private key for one of these algorithms");
    }
}
