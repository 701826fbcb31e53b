// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A one-time code that has been asked for and waits to be typed. Purpose, subject and origin together name it: what
 * strangers ask for elsewhere neither replaces it nor uses up its attempts, and their codes are not taken here. It does
 * not hold the code.
 *
 * @param subject whose it is: an address or a phone where somebody has yet to show who they are, otherwise an account's
 *     id
 * @param origin the device, network or session that asked, where it has to be typed
 * @param contact where it was sent
 * @param seed 128 random bits in base64url, from which the code is computed together with the server secret
 * @param carried what is kept until then, such as the hash of a sign-up's password
 * @param attemptsLeft how many more codes may be tried
 * @param expiresAt when it stops to be taken
 */
public record PendingCode(
        Purpose purpose,
        String subject,
        String origin,
        Contact contact,
        String seed,
        @Nullable String carried,
        int attemptsLeft,
        Instant expiresAt) {

    @Override
    public String toString() {
        return "PendingCode[" + purpose + " for " + subject + ", expires " + expiresAt + "]";
    }
}
