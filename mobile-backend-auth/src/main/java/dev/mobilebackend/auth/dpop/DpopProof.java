// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.dpop;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a proof says, once its signature has shown that the holder of its key said it (RFC 9449 section 4.2).
 *
 * @param keyThumbprint of the key in it
 * @param id {@code jti}
 * @param method {@code htm}
 * @param uri {@code htu}
 * @param issuedAt {@code iat}
 * @param tokenDigest {@code ath}
 */
record DpopProof(
        String keyThumbprint,
        String id,
        String method,
        String uri,
        Instant issuedAt,
        @Nullable String tokenDigest,
        @Nullable String nonce) {

    /** P-256 alone: it is what the hardware of phones signs with. */
    static final JWSAlgorithm ALGORITHM = JWSAlgorithm.ES256;

    private static final JOSEObjectType TYPE = new JOSEObjectType("dpop+jwt");
    private static final int LONGEST = 2_048;
    private static final int LONGEST_ID = 128;

    /** The proof in a request field, or nothing if it is none, or is not signed by the key in it. */
    static Optional<DpopProof> parse(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            SignedJWT jwt = SignedJWT.parse(text);
            JWSHeader header = jwt.getHeader();
            boolean expected = TYPE.equals(header.getType())
                    && ALGORITHM.equals(header.getAlgorithm())
                    && header.getCriticalParams() == null;
            if (!expected
                    || !(header.getJWK() instanceof ECKey key)
                    || key.isPrivate()
                    || !Curve.P_256.equals(key.getCurve())
                    || !jwt.verify(new ECDSAVerifier(key))) {
                return Optional.empty();
            }
            return claims(key.computeThumbprint().toString(), jwt.getJWTClaimsSet());
        } catch (ParseException | JOSEException | RuntimeException none) {
            // The library trips over some of what is no proof, such as a header of null.
            return Optional.empty();
        }
    }

    private static Optional<DpopProof> claims(String keyThumbprint, JWTClaimsSet claims) throws ParseException {
        String id = claims.getJWTID();
        String method = claims.getStringClaim("htm");
        String uri = claims.getStringClaim("htu");
        if (id == null
                || id.isEmpty()
                || id.length() > LONGEST_ID
                || method == null
                || uri == null
                || claims.getIssueTime() == null) {
            return Optional.empty();
        }
        return Optional.of(new DpopProof(
                keyThumbprint,
                id,
                method,
                uri,
                claims.getIssueTime().toInstant(),
                claims.getStringClaim("ath"),
                claims.getStringClaim("nonce")));
    }
}
