// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import org.jspecify.annotations.Nullable;

/** Body of address/change; the password may be missing where the account has none. */
@SuppressWarnings("ArrayRecordComponent") // the password is wiped after its use, and no two bodies are compared
record AuthAddressChange(String email, char @Nullable [] password) {

    @Override
    public String toString() {
        return "AuthAddressChange[hidden]";
    }
}
