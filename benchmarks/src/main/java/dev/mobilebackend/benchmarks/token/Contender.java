// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.token;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTVerifier;
import com.auth0.jwt.algorithms.Algorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import dev.mobilebackend.auth.key.SigningAlgorithm;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.auth.web.BearerStep;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.Exchange;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import java.security.Key;
import java.security.PublicKey;
import java.util.Set;
import javax.crypto.SecretKey;

/**
 * A way to find out whose token it is: signature, issuer, audience and end. Each stands in a JVM of its own, so no two
 * share a type profile.
 */
enum Contender {
    /** The authentication step of the edge, for a token that came before. */
    STEP("ours, the whole step, known") {
        @Override
        Checker checker(TestTokens tokens, SigningAlgorithm algorithm) {
            var requests = new Requests(Ambient.clock().instant());
            var step = new BearerStep(tokens.checker(20_000), new Revocations(), Set.of("/v1/auth/sign-in"));
            return new Checker() {
                @Override
                public Object request(int token) {
                    return requests.with(tokens.fresh(token, "Bearer "));
                }

                @Override
                public boolean check(Object request) {
                    var exchange = (Exchange) request;
                    step.apply(exchange);
                    return exchange.isAuthenticated();
                }
            };
        }
    },

    KNOWN("ours, known") {
        @Override
        Checker checker(TestTokens tokens, SigningAlgorithm algorithm) {
            AccessTokens ours = tokens.checker(20_000);
            return new Texts(tokens, "Bearer ", field -> ours.verifyField(field).accountId());
        }
    },

    FIRST("ours, for the first time") {
        @Override
        Checker checker(TestTokens tokens, SigningAlgorithm algorithm) {
            AccessTokens ours = tokens.checker(0);
            return new Texts(tokens, "Bearer ", field -> ours.verifyField(field).accountId());
        }
    },

    /** EdDSA by Tink. */
    NIMBUS("nimbus") {
        @Override
        Checker checker(TestTokens tokens, SigningAlgorithm algorithm) throws Exception {
            JWK key = tokens.key();
            JWSVerifier verifier =
                    switch (algorithm) {
                        case ES256 -> new ECDSAVerifier(key.toECKey());
                        case EDDSA -> new Ed25519Verifier(key.toOctetKeyPair());
                        case RS256 -> new RSASSAVerifier(key.toRSAKey());
                        case HS256 -> new MACVerifier(key.toOctetSequenceKey());
                    };
            var claims = new DefaultJWTClaimsVerifier<>(
                    TestTokens.AUDIENCE,
                    new JWTClaimsSet.Builder().issuer(TestTokens.ISSUER).build(),
                    Set.of("sub", "exp"));
            return new Texts(tokens, "", text -> {
                SignedJWT jwt = SignedJWT.parse(text);
                claims.verify(jwt.getJWTClaimsSet(), null);
                return jwt.verify(verifier) ? jwt.getJWTClaimsSet().getSubject() : "";
            });
        }
    },

    /** EdDSA by the JDK. */
    JJWT("jjwt") {
        @Override
        Checker checker(TestTokens tokens, SigningAlgorithm algorithm) throws Exception {
            Key key = Jwks.parser().build().parse(tokens.key().toJSONString()).toKey();
            var builder = Jwts.parser().requireIssuer(TestTokens.ISSUER).requireAudience(TestTokens.AUDIENCE);
            JwtParser parser = key instanceof SecretKey secret
                    ? builder.verifyWith(secret).build()
                    : builder.verifyWith((PublicKey) key).build();
            return new Texts(tokens, "", text -> parser.parseSignedClaims(text)
                    .getPayload()
                    .getSubject());
        }
    },

    /** Has no EdDSA. */
    JAVA_JWT("java-jwt") {
        @Override
        Checker checker(TestTokens tokens, SigningAlgorithm algorithm) throws Exception {
            JWK key = tokens.key();
            Algorithm theirs =
                    switch (algorithm) {
                        case ES256 -> Algorithm.ECDSA256(key.toECKey().toECPublicKey());
                        case RS256 -> Algorithm.RSA256(key.toRSAKey().toRSAPublicKey());
                        case HS256 -> Algorithm.HMAC256(key.toOctetSequenceKey().toByteArray());
                        case EDDSA -> throw new IllegalArgumentException("java-jwt has no EdDSA");
                    };
            JWTVerifier verifier = JWT.require(theirs)
                    .withIssuer(TestTokens.ISSUER)
                    .withAudience(TestTokens.AUDIENCE)
                    .build();
            return new Texts(tokens, "", text -> verifier.verify(text).getSubject());
        }
    };

    /** Requests, which are not measured, and what finds out who is calling, which is. Used by one thread. */
    interface Checker {
        Object request(int token);

        boolean check(Object request) throws Exception;
    }

    private interface Reading {
        String subject(String text) throws Exception;
    }

    private record Texts(TestTokens tokens, String before, Reading reading) implements Checker {

        @Override
        public Object request(int token) {
            return tokens.fresh(token, before);
        }

        @Override
        public boolean check(Object request) throws Exception {
            return !reading.subject((String) request).isEmpty();
        }
    }

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean isPeer() {
        return this == NIMBUS || this == JJWT || this == JAVA_JWT;
    }

    /** Whether it looks tokens up, so that a check takes less than a microsecond or a few. */
    boolean remembers() {
        return this == STEP || this == KNOWN;
    }

    abstract Checker checker(TestTokens tokens, SigningAlgorithm algorithm) throws Exception;
}
