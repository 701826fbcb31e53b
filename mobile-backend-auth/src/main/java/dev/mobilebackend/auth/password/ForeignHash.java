// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

/**
 * A hash that another system made, from the text as it was typed. It costs no more than the {@link ForeignCap}, which
 * was asked when it was read.
 */
sealed interface ForeignHash permits BcryptHash, FirebaseHash, ForeignArgon2, Pbkdf2Hash, ScryptHash {

    /** Whether this is the password, after all the work that the hash asks for. */
    boolean matches(char[] password);
}
