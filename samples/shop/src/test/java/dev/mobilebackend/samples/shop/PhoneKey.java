// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/** A key as a phone has it in its hardware, and the proofs that an app makes with it (RFC 9449 section 4.2). */
final class PhoneKey {

    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
    private static final int COORDINATE = 32;

    private final KeyPair pair;
    private final String origin;

    /** A new key of an app that calls this service. */
    PhoneKey(String origin) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        this.pair = generator.generateKeyPair();
        this.origin = origin;
    }

    /** For a request without an access token. */
    String proof(String method, String path, Instant at) throws GeneralSecurityException {
        return signed(claims(method, path, at) + "}");
    }

    /** For a request with one. */
    String proof(String method, String path, Instant at, String accessToken) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(accessToken.getBytes(StandardCharsets.US_ASCII));
        return signed(claims(method, path, at) + ",\"ath\":\"" + BASE64URL.encodeToString(digest) + "\"}");
    }

    private String claims(String method, String path, Instant at) {
        return "{\"jti\":\"" + UUID.randomUUID() + "\",\"htm\":\"" + method + "\",\"htu\":\"" + origin + path
                + "\",\"iat\":" + at.getEpochSecond();
    }

    private String signed(String claims) throws GeneralSecurityException {
        var point = ((ECPublicKey) pair.getPublic()).getW();
        String header = "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""
                + coordinate(point.getAffineX()) + "\",\"y\":\"" + coordinate(point.getAffineY()) + "\"}}";
        String toSign = encoded(header) + "." + encoded(claims);
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(pair.getPrivate());
        signature.update(toSign.getBytes(StandardCharsets.US_ASCII));
        return toSign + "." + BASE64URL.encodeToString(signature.sign());
    }

    private static String encoded(String text) {
        return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String coordinate(BigInteger value) {
        byte[] signed = value.toByteArray();
        var fixed = new byte[COORDINATE];
        int length = Math.min(signed.length, COORDINATE);
        System.arraycopy(signed, signed.length - length, fixed, COORDINATE - length, length);
        return BASE64URL.encodeToString(fixed);
    }
}
