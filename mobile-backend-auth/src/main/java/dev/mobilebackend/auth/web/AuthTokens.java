// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/** Answer to who may come in. Names by RFC 6749 section 5.1, in camel case; the two lifetimes in seconds. */
record AuthTokens(
        String accessToken,
        String tokenType,
        long expiresIn,
        String refreshToken,
        long refreshExpiresIn,
        String sessionId) {

    @Override
    public String toString() {
        return "AuthTokens[hidden, " + sessionId + "]";
    }
}
