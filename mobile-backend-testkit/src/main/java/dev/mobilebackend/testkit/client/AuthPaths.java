// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

/**
 * Where an application has its auth endpoints.
 *
 * @param signUp takes {@code email} and {@code password}
 * @param verify takes {@code email} and {@code code}, gives tokens
 * @param signIn takes {@code email} and {@code password}, gives tokens
 * @param refresh takes {@code refreshToken}, gives tokens
 * @param stepUp takes {@code password} or {@code code} of whoever is signed in, gives an access token
 * @param signOut ends the session of the access token
 */
public record AuthPaths(String signUp, String verify, String signIn, String refresh, String stepUp, String signOut) {

    /** The endpoints of the auth module's servlet where it is mounted, such as {@code /v1/auth}. */
    public static AuthPaths under(String prefix) {
        return new AuthPaths(
                prefix + "/sign-up",
                prefix + "/verify",
                prefix + "/sign-in",
                prefix + "/refresh",
                prefix + "/step-up",
                prefix + "/sign-out");
    }
}
