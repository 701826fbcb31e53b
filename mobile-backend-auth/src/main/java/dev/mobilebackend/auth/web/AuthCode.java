// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/** Body of verify: the code that was sent to an address. */
record AuthCode(String email, String code) {

    @Override
    public String toString() {
        return "AuthCode[hidden]";
    }
}
