// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.password.PasswordRules;
import dev.mobilebackend.auth.password.Passwords;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.core.problem.FieldError;
import dev.mobilebackend.core.problem.Problem;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the flows of accounts work with.
 *
 * @param outbox takes over notices without a code, in the transaction of the step that makes them due
 * @param trail joins each step's changes and its record in one transaction
 * @param listener hears of accounts that end
 */
public record AccountParts(
        AccountStore store,
        OneTimeCodes codes,
        Passwords passwords,
        PasswordRules rules,
        Sessions sessions,
        AuditTrail trail,
        Consumer<Notice> outbox,
        AccountListener listener,
        SecureRandom random) {

    /**
     * Refuses a new password that is not accepted, by the name of its field.
     *
     * @param owner as far as known; nobody's password may be little more than their address
     */
    void requireAccepted(char[] password, @Nullable EmailAddress owner, String pointer) {
        Problem refusal = Problem.INVALID_INPUT;
        for (FieldError error : rules.check(password, owner == null ? List.of() : List.of(owner.text()))) {
            refusal = refusal.error(pointer, error.detail());
        }
        if (!refusal.errors().isEmpty()) {
            throw refusal.exception();
        }
    }

    /**
     * Sends a code to an address or a phone, or word that no account has it; does the same work either way, so that
     * whoever asks learns nothing.
     *
     * @param knownDevice whether the account knows the device that asks
     */
    void sendCode(Contact contact, Purpose purpose, String origin, boolean knownDevice, Instant now) {
        boolean known = store.has(contact);
        codes.tryIssue(
                CodeRequest.by(contact, purpose, origin, knownDevice),
                known ? purpose.notice() : Notice.Kind.NO_ACCOUNT,
                now);
    }

    /**
     * The account as it is now, if it is there and has the credentials that it was seen with; and so it stays until the
     * transaction around this has ended. To check a password takes a while: what was right at the beginning may have
     * been changed since by an owner who wanted it to count no more. Whatever is done because somebody has shown who
     * they are asks this first, in its own transaction.
     */
    Optional<Account> lock(Account seen) {
        return store.lock(seen.id()).filter(now -> now.credentialsVersion() == seen.credentialsVersion());
    }

    /**
     * Ends an account for good, with its sessions, its codes and what the listener deletes, in one transaction.
     *
     * @param actorId who does it; null for a rule
     * @return whether this call did: not if it is gone or its credentials have been changed
     */
    boolean tryEnd(Account seen, @Nullable String actorId, Instant now) {
        return trail.recording(recorder -> {
            Optional<Account> found = lock(seen);
            if (found.isEmpty()) {
                return false;
            }
            Account account = found.get();
            String accountId = account.id();
            listener.deleting(account);
            if (!store.delete(accountId)) {
                return false;
            }
            codes.forget(account);
            tell(account, Notice.Kind.ACCOUNT_DELETED);
            sessions.forgetAll(accountId, now);
            recorder.record(new AuditEvent(AuditEvents.ACCOUNT_DELETED, accountId, actorId, null, Map.of(), now));
            trail.erase(accountId, actorId, now);
            return true;
        });
    }

    /** Owes a notice without a code to wherever the account can be reached. */
    void tell(Account account, Notice.Kind kind) {
        account.contact().ifPresent(contact -> outbox.accept(new Notice(kind, contact.text(), "")));
    }

    /** The same to each address and phone: whoever takes over one of them does not hide it from the other. */
    void tellAll(Account account, Notice.Kind kind) {
        account.contacts().forEach(contact -> outbox.accept(new Notice(kind, contact.text(), "")));
    }

    String newId() {
        byte[] id = new byte[16];
        random.nextBytes(id);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }
}
