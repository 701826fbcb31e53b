// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import java.util.function.Consumer;

/** The key in a phone, and the proofs that an app makes with it (RFC 9449 section 4.2). */
final class HardwareKey {

    private final ECKey key;

    HardwareKey() {
        try {
            key = new ECKeyGenerator(Curve.P_256).generate();
        } catch (JOSEException missing) {
            throw new AssertionError("every JDK has P-256", missing);
        }
    }

    String thumbprint() {
        try {
            return key.computeThumbprint().toString();
        } catch (JOSEException missing) {
            throw new AssertionError("every JDK has SHA-256", missing);
        }
    }

    String proof(String method, String path, Instant now) {
        return proof(method, path, now, claims -> {});
    }

    String proof(String method, String path, Instant now, String accessToken) {
        return proof(method, path, now, claims -> claims.claim("ath", digest(accessToken)));
    }

    String proof(String method, String path, Instant now, Consumer<JWTClaimsSet.Builder> more) {
        var claims = new JWTClaimsSet.Builder()
                .jwtID(UUID.randomUUID().toString())
                .claim("htm", method)
                .claim("htu", AuthApp.ORIGIN + path)
                .issueTime(Date.from(now));
        more.accept(claims);
        var header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(new JOSEObjectType("dpop+jwt"))
                .jwk(key.toPublicJWK())
                .build();
        try {
            var jwt = new SignedJWT(header, claims.build());
            jwt.sign(new ECDSASigner(key));
            return jwt.serialize();
        } catch (JOSEException refused) {
            throw new AssertionError("a P-256 key signs", refused);
        }
    }

    private static String digest(String accessToken) {
        try {
            byte[] bytes = accessToken.getBytes(StandardCharsets.US_ASCII);
            return Base64URL.encode(MessageDigest.getInstance("SHA-256").digest(bytes))
                    .toString();
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError("every JDK has SHA-256", missing);
        }
    }
}
