// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import org.jspecify.annotations.Nullable;

/**
 * A wish for a one-time code.
 *
 * @param subject whose it is: an address or a phone where somebody has yet to show who they are, otherwise an account's
 *     id
 * @param origin the device, network or session that asks, where the code has to be typed
 * @param contact where it goes
 * @param carried what is kept until it is typed; no secret in plain text
 * @param knownDevice whether the account knows the device that asks
 */
public record CodeRequest(
        Purpose purpose,
        String subject,
        String origin,
        Contact contact,
        @Nullable String carried,
        boolean knownDevice) {

    public CodeRequest(Purpose purpose, String subject, String origin, Contact contact, @Nullable String carried) {
        this(purpose, subject, origin, contact, carried, false);
    }

    public CodeRequest(Purpose purpose, String subject, String origin, Contact contact) {
        this(purpose, subject, origin, contact, null);
    }

    /** A wish of somebody who has yet to show who they are. */
    static CodeRequest by(Contact contact, Purpose purpose, String origin, boolean knownDevice) {
        return new CodeRequest(purpose, contact.text(), origin, contact, null, knownDevice);
    }

    @Override
    public String toString() {
        return "CodeRequest[" + purpose + " for " + subject + "]";
    }
}
