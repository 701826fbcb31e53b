// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A key for one algorithm, which it never changes. One with a public part is named by its thumbprint (RFC 7638).
 * Immutable and thread safe.
 *
 * <p>A message has one signature for each time it was signed: nobody without the key can spell a good one differently.
 */
public final class SigningKey {

    private final int generation;
    private final Instant activeFrom;
    private final JWK jwk;
    private final SigningAlgorithm algorithm;
    private final Signatures signatures;

    private SigningKey(int generation, Instant activeFrom, JWK jwk) throws JOSEException {
        this.generation = generation;
        this.activeFrom = activeFrom.truncatedTo(ChronoUnit.MICROS);
        this.jwk = jwk;
        this.algorithm = SigningAlgorithm.of(jwk);
        this.signatures = algorithm.signatures(jwk);
    }

    /** A new key, the {@code generation}-th of its ring, that signs from an instant on. */
    public static SigningKey generate(
            SigningAlgorithm algorithm, int generation, Instant activeFrom, SecureRandom random) {
        try {
            return new SigningKey(generation, activeFrom, algorithm.generate(random));
        } catch (JOSEException missing) {
            throw new AssertionError("every JDK has " + algorithm, missing);
        }
    }

    /**
     * The key that {@link #privateJwk} gave.
     *
     * @throws IllegalArgumentException if it is not a private key with an id that names one of the algorithms; the
     *     message does not repeat it
     */
    public static SigningKey ofPrivateJwk(int generation, Instant activeFrom, String jwk) {
        try {
            JWK parsed = JWK.parse(jwk);
            if (parsed.getKeyID() == null) {
                throw new IllegalArgumentException("without an id");
            }
            return new SigningKey(generation, activeFrom, parsed);
        } catch (ParseException | JOSEException | IllegalArgumentException notOne) {
            throw new IllegalArgumentException(
                    "signing key of generation " + generation
                            + " must be a private key as a JWK (RFC 7517) that names itself and its algorithm, was something else");
        }
    }

    public String id() {
        return jwk.getKeyID();
    }

    public SigningAlgorithm algorithm() {
        return algorithm;
    }

    /** Its place in the order of keys, from 1; two instances cannot both make the same. */
    public int generation() {
        return generation;
    }

    /** When it starts to sign. */
    public Instant activeFrom() {
        return activeFrom;
    }

    /** The signature as it stands in a token. */
    public byte[] sign(byte[] input) {
        return signatures.sign(input);
    }

    public boolean verify(byte[] input, byte[] signature) {
        return signatures.verify(input, signature);
    }

    /** The whole key as a JWK (RFC 7517), for a store to keep: a secret. */
    public String privateJwk() {
        return jwk.toJSONString();
    }

    /** What others verify with; nothing where that would be the secret itself. */
    Optional<JWK> publicJwk() {
        return Optional.ofNullable(jwk.toPublicJWK());
    }

    @Override
    public String toString() {
        return "SigningKey[" + id() + ", " + algorithm + ", generation " + generation + ", active from " + activeFrom
                + "]";
    }
}
