// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import dev.mobilebackend.auth.key.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** Makes tokens by hand, with a good signature under everything that is wrong with them. */
final class TokenForge {

    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final SigningKey key;

    TokenForge(SigningKey key) {
        this.key = key;
    }

    /** The header that we write, with any words in it. */
    static String header(String algorithm, String keyId) {
        return "{\"alg\":\"" + algorithm + "\",\"typ\":\"at+jwt\",\"kid\":\"" + keyId + "\"}";
    }

    /** Claims that are good for ten minutes from an instant on. */
    static String payload(Instant from) {
        return "{\"iss\":\"https://api.shop.example\",\"aud\":\"shop\",\"sub\":\"account-1\","
                + "\"sid\":\"session-1\",\"roles\":[\"buyer\"],\"iat\":" + from.getEpochSecond() + ",\"exp\":"
                + from.plusSeconds(600).getEpochSecond() + ",\"jti\":\"1\"}";
    }

    String sign(String header, String payload) {
        return signText(encode(header) + "." + encode(payload));
    }

    String signText(String toSign) {
        return toSign + "." + encode(key.sign(toSign.getBytes(StandardCharsets.US_ASCII)));
    }

    static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    static String encode(byte[] bytes) {
        return BASE64URL.encodeToString(bytes);
    }
}
