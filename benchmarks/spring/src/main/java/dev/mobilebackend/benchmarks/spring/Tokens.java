// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.spring;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** Access tokens with the claims that ours have, and what Spring Security checks them by. */
final class Tokens {

    private static final String ISSUER = "https://shop.example";
    private static final String AUDIENCE = "shop";

    private final JWSHeader header;
    private final JWSSigner signer;
    private final NimbusJwtDecoder decoder;

    private Tokens(JWSHeader header, JWSSigner signer, NimbusJwtDecoder decoder) {
        this.header = header;
        this.signer = signer;
        this.decoder = decoder;
        OAuth2TokenValidator<Jwt> audience =
                new JwtClaimValidator<List<String>>(JwtClaimNames.AUD, all -> all != null && all.contains(AUDIENCE));
        decoder.setJwtValidator(
                JwtValidators.createDefaultWithValidators(List.of(new JwtIssuerValidator(ISSUER), audience)));
    }

    static Tokens signedBy(String algorithm) throws JOSEException {
        return switch (algorithm) {
            case "ES256" -> es256();
            case "RS256" -> rs256();
            case "HS256" -> hs256();
            default ->
                throw new IllegalArgumentException("the algorithm must be ES256, RS256 or HS256, was " + algorithm);
        };
    }

    private static Tokens es256() throws JOSEException {
        var key = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        var header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("1").build();
        var keys = new ImmutableJWKSet<com.nimbusds.jose.proc.SecurityContext>(new JWKSet(key.toPublicJWK()));
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSource(keys)
                .jwsAlgorithm(SignatureAlgorithm.ES256)
                .build();
        return new Tokens(header, new ECDSASigner(key), decoder);
    }

    private static Tokens rs256() throws JOSEException {
        var key = new RSAKeyGenerator(2048).generate();
        NimbusJwtDecoder decoder =
                NimbusJwtDecoder.withPublicKey(key.toRSAPublicKey()).build();
        return new Tokens(new JWSHeader(JWSAlgorithm.RS256), new RSASSASigner(key), decoder);
    }

    private static Tokens hs256() throws JOSEException {
        var key = new OctetSequenceKeyGenerator(256).generate();
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withSecretKey(key.toSecretKey("HmacSHA256"))
                .macAlgorithm(MacAlgorithm.HS256)
                .build();
        return new Tokens(new JWSHeader(JWSAlgorithm.HS256), new MACSigner(key), decoder);
    }

    JwtDecoder decoder() {
        return decoder;
    }

    /** A new token, for another account each time. */
    String next() {
        Instant now = Instant.now();
        var claims = new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject(UUID.randomUUID().toString())
                .claim("sid", UUID.randomUUID().toString())
                .claim("roles", List.of("customer"))
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(3_600)))
                .jwtID(UUID.randomUUID().toString())
                .build();
        var token = new SignedJWT(header, claims);
        try {
            token.sign(signer);
        } catch (JOSEException unsigned) {
            throw new IllegalStateException("the key does not sign", unsigned);
        }
        return token.serialize();
    }
}
