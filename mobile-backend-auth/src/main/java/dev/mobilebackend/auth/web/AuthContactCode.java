// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import org.jspecify.annotations.Nullable;

/** Body of code/sign-in: either of the two, and the code that was sent there. */
record AuthContactCode(@Nullable String email, @Nullable String phone, String code) {

    @Override
    public String toString() {
        return "AuthContactCode[hidden]";
    }
}
