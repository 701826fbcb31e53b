// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/** Body of link/sign-in: what stands in the link. */
record AuthLinkToken(String token) {

    @Override
    public String toString() {
        return "AuthLinkToken[hidden]";
    }
}
