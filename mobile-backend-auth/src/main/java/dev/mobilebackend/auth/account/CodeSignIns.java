// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;
import java.util.Optional;

/** The rules of signing in by a code or a link, without a password. Thread safe. */
public final class CodeSignIns {

    private final AccountParts parts;

    public CodeSignIns(AccountParts parts) {
        this.parts = parts;
    }

    /** Where a link signs in. */
    public enum LinkUse {
        /** On the device that asked for it alone: whoever else gets hold of the mail can do nothing with it. */
        SAME_DEVICE,
        /** On whichever device it is opened. */
        ANY_DEVICE
    }

    /**
     * Sends a code, or word that there is no account; does the same work either way.
     *
     * @param knownDevice whether the account knows the device that asks, which strangers then keep from no code
     */
    public void sendCode(Contact contact, String origin, boolean knownDevice, Instant now) {
        parts.sendCode(contact, Purpose.SIGN_IN, origin, knownDevice, now);
    }

    /**
     * Sends a link's token, or word that there is no account; does the same work either way.
     *
     * @param knownDevice as for {@link #sendCode}
     */
    public void sendLink(EmailAddress email, String origin, boolean knownDevice, Instant now) {
        parts.sendCode(email, Purpose.SIGN_IN_LINK, origin, knownDevice, now);
    }

    /** The account if this is the newest code of this origin. */
    public Optional<Account> byCode(Contact contact, String code, String origin, Instant now) {
        return parts.codes()
                .check(Purpose.SIGN_IN, contact.text(), origin, code, now)
                .flatMap(this::use);
    }

    /** The account if this is the newest token of its origin, and this origin may use it. */
    public Optional<Account> byLink(String token, LinkUse use, String origin, Instant now) {
        return parts.codes()
                .checkLink(token, now)
                .filter(link -> use == LinkUse.ANY_DEVICE || link.origin().equals(origin))
                .flatMap(this::use);
    }

    /** The account as it was while the code still counted. */
    private Optional<Account> use(PendingCode right) {
        return parts.store().find(right.contact()).filter(seen -> parts.codes().use(right));
    }
}
