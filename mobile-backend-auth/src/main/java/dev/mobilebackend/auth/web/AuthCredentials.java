// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

/** Body of sign-up and sign-in. */
@SuppressWarnings("ArrayRecordComponent") // the password is wiped after its use, and no two bodies are compared
record AuthCredentials(String email, char[] password) {}
