// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.password.Passwords;
import dev.mobilebackend.auth.session.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of setting another password: with a code by who forgot it, with the old one by who knows it. Either way
 * other devices are signed out and the owner is told. Thread safe.
 */
public final class PasswordChanges {

    private final AccountParts parts;

    public PasswordChanges(AccountParts parts) {
        this.parts = parts;
    }

    /**
     * Sends a code to the address, or word that it has no account; does the same work either way.
     *
     * @param knownDevice whether the account knows the device that asks, which strangers then keep from no code
     */
    public void forgot(EmailAddress email, String origin, boolean knownDevice, Instant now) {
        parts.sendCode(email, Purpose.PASSWORD_RESET, origin, knownDevice, now);
    }

    /**
     * The account, with a new password and no session or code any more, if this is the newest code of this origin.
     *
     * @param time that the caller has
     * @throws dev.mobilebackend.core.problem.ProblemException 422 if the password is not accepted, 503 if too many are
     *     being hashed; neither uses the code up
     */
    public Optional<Account> reset(
            EmailAddress email, String code, char[] password, String origin, Duration time, Instant now) {
        Passwords within = parts.passwords().within(time);
        within.requireRoom();
        parts.requireAccepted(password, email, "#/password");
        Optional<PendingCode> right = parts.codes().check(Purpose.PASSWORD_RESET, email.text(), origin, code, now);
        Optional<Account> account = right.flatMap(pending -> parts.store().find(email));
        if (right.isEmpty() || account.isEmpty()) {
            return Optional.empty();
        }
        String hash = within.hash(password);
        return parts.trail().recording(recorder -> {
            Optional<Account> reset = parts.store()
                    .lock(account.get().id())
                    .filter(found ->
                            email.equals(found.email()) && parts.codes().use(right.get()))
                    .flatMap(found -> parts.store().setPasswordHash(found.id(), hash));
            if (reset.isEmpty()) {
                return Optional.empty();
            }
            Account owner = reset.get();
            parts.codes().forget(owner);
            parts.tell(owner, Notice.Kind.PASSWORD_CHANGED);
            parts.sessions().endAll(owner.id(), Revocation.Reason.PASSWORD_CHANGED, now);
            recorder.record(new AuditEvent(AuditEvents.PASSWORD_RESET, owner.id(), owner.id(), null, Map.of(), now));
            return reset;
        });
    }

    /**
     * Sets a new password on the device of this session, the only one that stays signed in, if the old one is right.
     * What was asked for in sessions counts no more, such as another address.
     *
     * @param time that the caller has
     * @throws dev.mobilebackend.core.problem.ProblemException 422 if the new one is not accepted, 503 if too many are
     *     being hashed
     */
    public Optional<Account> change(
            String accountId, String sessionId, char[] oldPassword, char[] newPassword, Duration time, Instant now) {
        Passwords within = parts.passwords().within(time);
        within.requireRoom();
        Optional<Credentials> known = parts.store().credentials(accountId);
        EmailAddress email = known.map(found -> found.account().email()).orElse(null);
        parts.requireAccepted(newPassword, email, "#/newPassword");
        Optional<Credentials> right = known.filter(
                found -> within.verify(oldPassword, found.passwordHash()).right());
        if (right.isEmpty()) {
            return Optional.empty();
        }
        String hash = within.hash(newPassword);
        return parts.trail().recording(recorder -> {
            Optional<Account> changed = parts.lock(right.get().account())
                    .flatMap(found -> parts.store().setPasswordHash(accountId, hash));
            if (changed.isEmpty()) {
                return Optional.empty();
            }
            Account owner = changed.get();
            parts.codes().forgetOfSessions(owner);
            parts.tell(owner, Notice.Kind.PASSWORD_CHANGED);
            parts.sessions().endOthers(accountId, sessionId, Revocation.Reason.PASSWORD_CHANGED, now);
            recorder.record(
                    new AuditEvent(AuditEvents.PASSWORD_CHANGED, accountId, accountId, sessionId, Map.of(), now));
            return changed;
        });
    }
}
