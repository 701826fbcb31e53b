// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/** Body of password/forgot and link/send. */
record AuthAddress(String email) {

    @Override
    public String toString() {
        return "AuthAddress[hidden]";
    }
}
