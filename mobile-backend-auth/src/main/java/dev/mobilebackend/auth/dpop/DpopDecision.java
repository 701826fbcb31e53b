// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.dpop;

/** What {@link DpopProofs} says of a proof. */
public sealed interface DpopDecision {

    /** The request was made by whoever holds the key with this thumbprint, by SHA-256 in base64url (RFC 7638). */
    record Proven(String keyThumbprint) implements DpopDecision {}

    /** The device's clock is off, or its nonce is too old: a proof with this one in it will do (RFC 9449 section 8). */
    record NonceNeeded(String nonce) implements DpopDecision {}

    /**
     * The proof is not for this request.
     *
     * @param why what it has to be, for whoever writes the app
     */
    record Refused(String why) implements DpopDecision {}
}
