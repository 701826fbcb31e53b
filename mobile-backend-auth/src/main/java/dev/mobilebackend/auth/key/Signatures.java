// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

/**
 * What a key does with bytes. For each message and signature there is one spelling of the signature that verifies: what
 * was made of a good one without the key is refused. Thread safe.
 */
interface Signatures {

    byte[] sign(byte[] input);

    /** Whether the key made this signature for this input; false for whatever is no signature at all. */
    boolean verify(byte[] input, byte[] signature);
}
