// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/** Body of password/reset. */
@SuppressWarnings("ArrayRecordComponent") // the password is wiped after its use, and no two bodies are compared
record AuthPasswordReset(String email, String code, char[] password) {

    @Override
    public String toString() {
        return "AuthPasswordReset[hidden]";
    }
}
