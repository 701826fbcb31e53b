// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/** Body of refresh. */
record AuthRefresh(String refreshToken) {

    @Override
    public String toString() {
        return "AuthRefresh[hidden]";
    }
}
