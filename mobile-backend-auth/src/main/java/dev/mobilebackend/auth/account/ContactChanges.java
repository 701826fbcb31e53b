// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of giving an account another address or phone: it counts once its code was typed in the session that asked,
 * and each address and phone before is told. Nobody learns whether another account has it. Thread safe.
 */
public final class ContactChanges {

    private final AccountParts parts;

    public ContactChanges(AccountParts parts) {
        this.parts = parts;
    }

    /**
     * Sends a code to the new address or phone, and word to each that the account has.
     *
     * @param account as it was when its owner showed who they are
     * @return whether it did: not if the account has another password, address or phone by now
     */
    public boolean tryAsk(Account account, Contact contact, String origin, Instant now) {
        boolean taken = parts.store().has(contact);
        Purpose purpose = purpose(contact.channel());
        return parts.trail().recording(recorder -> {
            if (parts.lock(account).isEmpty()) {
                return false;
            }
            boolean issued = parts.codes()
                    .tryIssue(
                            new CodeRequest(purpose, account.id(), origin, contact),
                            taken ? Notice.Kind.ALREADY_REGISTERED : purpose.notice(),
                            now);
            if (issued) {
                parts.tellAll(account, Notice.Kind.CONTACT_CHANGE_ASKED);
            }
            return true;
        });
    }

    /**
     * The account with its new address or phone, if this is the newest code of this origin. What else was asked for in
     * sessions counts no more: whoever did so may have had less to show, such as a guest.
     */
    public Optional<Account> confirm(
            String accountId, Contact.Channel channel, String code, String origin, Instant now) {
        Optional<PendingCode> right = parts.codes().check(purpose(channel), accountId, origin, code, now);
        if (right.isEmpty()) {
            return Optional.empty();
        }
        return parts.trail().recording(recorder -> {
            Optional<Account> before = parts.store().lock(accountId);
            if (before.isEmpty() || !parts.codes().use(right.get())) {
                return Optional.empty();
            }
            Optional<Account> changed =
                    parts.store().changeContact(accountId, right.get().contact());
            if (changed.isPresent()) {
                parts.codes().forgetOfSessions(before.get());
                parts.tellAll(before.get(), Notice.Kind.CONTACT_CHANGED);
                recorder.record(new AuditEvent(AuditEvents.CONTACT_CHANGED, accountId, accountId, null, Map.of(), now));
            }
            return changed;
        });
    }

    private static Purpose purpose(Contact.Channel channel) {
        return switch (channel) {
            case MAIL -> Purpose.ADDRESS_CHANGE;
            case SMS -> Purpose.PHONE_CHANGE;
        };
    }
}
