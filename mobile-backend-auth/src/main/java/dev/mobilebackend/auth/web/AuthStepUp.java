// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import org.jspecify.annotations.Nullable;

/** Body of step-up: either of the two. */
@SuppressWarnings("ArrayRecordComponent") // the password is wiped after its use, and no two bodies are compared
record AuthStepUp(char @Nullable [] password, @Nullable String code) {

    @Override
    public String toString() {
        return "AuthStepUp[hidden]";
    }
}
