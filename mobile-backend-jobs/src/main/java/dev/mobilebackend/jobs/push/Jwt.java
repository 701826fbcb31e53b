// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;

/** A signed statement to a platform (RFC 7519), and the keys that sign it. */
final class Jwt {

    /** RFC 7518 section 3.1: the name in the header, and what the JDK calls it. ES256 is raw, not DER (section 3.4). */
    enum Algorithm {
        ES256("EC", "SHA256withECDSAinP1363Format"),
        RS256("RSA", "SHA256withRSA");

        private final String keys;
        private final String signature;

        Algorithm(String keys, String signature) {
            this.keys = keys;
            this.signature = signature;
        }
    }

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private Jwt() {}

    static String signed(Algorithm algorithm, String keyId, Map<String, ?> claims, PrivateKey key) {
        String head = encoded(Json.write(Map.of("alg", algorithm.name(), "typ", "JWT", "kid", keyId)));
        String text = head + "." + encoded(Json.write(claims));
        try {
            Signature signature = Signature.getInstance(algorithm.signature);
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException("the JDK could not sign by " + algorithm, failed);
        }
    }

    /** A key as PEM (RFC 7468 section 10). What is wrong with it is not said: a message would quote it. */
    static PrivateKey key(Algorithm algorithm, String pem) {
        String body = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s", "");
        try {
            return KeyFactory.getInstance(algorithm.keys)
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            throw new IllegalArgumentException("the key must be an " + algorithm.keys
                    + " key in PKCS #8, between BEGIN PRIVATE KEY and END PRIVATE KEY: take the file as you got it");
        }
    }

    private static String encoded(byte[] json) {
        return BASE64.encodeToString(json);
    }
}
