// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * 32 random bytes made when an app is first started, which never leave the phone. With them it proves, at a refresh,
 * to be the install that refreshed before.
 */
final class InstallSecret {

    private final SecretKeySpec key;

    InstallSecret(RandomGenerator random) {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /** HMAC-SHA256 of the token's text, in Base64url without padding: the value of {@code Refresh-Proof}. */
    String proofFor(String refreshToken) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            byte[] proof = mac.doFinal(refreshToken.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(proof);
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has HmacSHA256", missing);
        }
    }

    @Override
    public String toString() {
        return "InstallSecret[hidden]";
    }
}
