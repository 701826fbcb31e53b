// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/** Body of what is confirmed by a code in a session. */
record AuthConfirmation(String code) {

    @Override
    public String toString() {
        return "AuthConfirmation[hidden]";
    }
}
