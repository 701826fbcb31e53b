// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/** Body of password/change. */
@SuppressWarnings("ArrayRecordComponent") // the password is wiped after its use, and no two bodies are compared
record AuthPasswordChange(char[] currentPassword, char[] newPassword) {

    @Override
    public String toString() {
        return "AuthPasswordChange[hidden]";
    }
}
