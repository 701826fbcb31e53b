// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;

/**
 * A sign-up that waits for its code. Address and origin together name it, so whoever signs up a stranger's address
 * cannot have their own password confirmed by a code that the stranger types on the stranger's phone.
 *
 * @param origin the device that signed up, or the network of one that does not say which it is
 * @param seed what its code is computed from, together with the server secret
 * @param passwordHash becomes the account's
 * @param attemptsLeft how many more codes may be tried
 * @param expiresAt when the code stops to be taken
 */
public record SignUp(
        EmailAddress email, String origin, String seed, String passwordHash, int attemptsLeft, Instant expiresAt) {

    @Override
    public String toString() {
        return "SignUp[" + email + ", expires " + expiresAt + "]";
    }
}
