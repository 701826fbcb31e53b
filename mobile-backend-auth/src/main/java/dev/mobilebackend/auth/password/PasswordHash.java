// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import org.jspecify.annotations.Nullable;

/**
 * A stored hash, ready to be held against what is typed. It costs no more than the cap of its kind, which was asked
 * when it was read.
 */
sealed interface PasswordHash permits BcryptHash, FirebaseHash, ForeignArgon2, OwnHash, Pbkdf2Hash, ScryptHash {

    /** Whether this is the password, after all the work that the hash asks for. */
    boolean matches(char[] password);

    /** What that work is; hashes of one form take the same. */
    String form();

    /**
     * What has to be computed after this one for it to have been the work of both: the other one, null if it is of this
     * form, and less than the other one where this is a part of its work.
     */
    default @Nullable PasswordHash rest(PasswordHash other) {
        return form().equals(other.form()) ? null : other;
    }
}
