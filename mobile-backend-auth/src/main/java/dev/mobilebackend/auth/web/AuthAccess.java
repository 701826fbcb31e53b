// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/**
 * Answer with an access token alone: the refresh token stays as it is, or there is none. Names by RFC 6749 section 5.1.
 */
record AuthAccess(String accessToken, String tokenType, long expiresIn) {

    @Override
    public String toString() {
        return "AuthAccess[hidden, " + expiresIn + "]";
    }
}
