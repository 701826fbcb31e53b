// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

/**
 * A message that is owed to somebody, as it may be kept until it is sent, in a job for example. It holds no code, only
 * what {@link Accounts#message} computes the code from: a copy of the database verifies no address.
 *
 * @param to the address
 * @param seed the sign-up's seed, empty for a message without a code
 */
public record Notice(Kind kind, String to, String seed) {

    /** What it is about. */
    public enum Kind {
        /** Here is your code. */
        VERIFICATION_CODE,
        /** Somebody, perhaps you, signed up with this address, which has an account already. */
        ALREADY_REGISTERED,
        /** A device of yours was signed out: somebody used a copy of what keeps it signed in. */
        SESSION_REPLAYED
    }

    @Override
    public String toString() {
        return "Notice[" + kind + ", hidden]";
    }
}
