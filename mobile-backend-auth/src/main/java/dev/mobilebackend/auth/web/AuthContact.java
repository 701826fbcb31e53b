// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import org.jspecify.annotations.Nullable;

/** Body of code/send: either of the two. */
record AuthContact(@Nullable String email, @Nullable String phone) {

    @Override
    public String toString() {
        return "AuthContact[hidden]";
    }
}
