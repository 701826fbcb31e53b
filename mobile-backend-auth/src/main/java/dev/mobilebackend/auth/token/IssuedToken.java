// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import java.time.Duration;

/**
 * A new access token for the app to send as {@code Authorization: Bearer}.
 *
 * @param token the token itself: a secret
 * @param lifetime how long it will be taken, in whole seconds
 */
public record IssuedToken(String token, Duration lifetime) {

    @Override
    public String toString() {
        return "IssuedToken[hidden, " + lifetime + "]";
    }
}
