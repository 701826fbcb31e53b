// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import dev.mobilebackend.core.digest.HmacSha256;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * 32 random bytes made when an app is first started, which never leave the phone. With them it proves, at a refresh,
 * to be the install that refreshed before.
 */
final class InstallSecret {

    private final HmacSha256 key;

    InstallSecret(RandomGenerator random) {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        key = HmacSha256.of(bytes);
    }

    /** HMAC-SHA256 of the token's text, in Base64url without padding: the value of {@code Refresh-Proof}. */
    String proofFor(String refreshToken) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.tag(refreshToken));
    }

    @Override
    public String toString() {
        return "InstallSecret[hidden]";
    }
}
