// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.password.PasswordCheck;
import dev.mobilebackend.auth.password.Passwords;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules of signing up, verifying an address, signing in and leaving. Nothing here tells whether an address has an
 * account: known or not, each step does the same work and answers alike, and only the owner of the mailbox learns more.
 * Thread safe; has no clock and no state of its own.
 */
public final class Accounts {

    private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);
    private static final int LONGEST_NAME = 100;
    private static final Duration LONG = Duration.ofDays(1);

    private final AccountParts parts;
    private final AccountStore store;
    private final OneTimeCodes codes;
    private final Passwords passwords;

    public Accounts(AccountParts parts) {
        this.parts = parts;
        this.store = parts.store();
        this.codes = parts.codes();
        this.passwords = parts.passwords();
    }

    /**
     * Starts a sign-up: a code goes to the address, or word that it has an account already. Signing up again makes a
     * new code, and the one before is not taken any more; unless enough have been sent there, then it goes on.
     *
     * @param origin where the sign-up comes from: a device, or a network, and the code has to be typed there
     * @param time that the caller has
     * @throws dev.mobilebackend.core.problem.ProblemException 422 if the password is not accepted, 503 if too many are
     *     being hashed
     */
    public void signUp(EmailAddress email, char[] password, String origin, Duration time, Instant now) {
        parts.requireAccepted(password, email, "#/password");
        String passwordHash = passwords.within(time).hash(password);
        boolean taken = store.has(email);
        codes.tryIssue(
                new CodeRequest(Purpose.SIGN_UP, email.text(), origin, email, passwordHash),
                taken ? Notice.Kind.ALREADY_REGISTERED : Notice.Kind.VERIFICATION_CODE,
                now);
    }

    /**
     * The message that a notice stands for; computed anew each time and always the same. Empty where nothing is to be
     * sent: to a phone that has no account, since each text message costs money and anybody can ask for one.
     */
    public Optional<Message> message(Notice notice) {
        if (notice.kind() == Notice.Kind.NO_ACCOUNT && notice.channel() == Contact.Channel.SMS) {
            return Optional.empty();
        }
        return Optional.of(new Message(
                notice.kind(),
                notice.to(),
                notice.kind().subject(),
                notice.kind().carriesCode() ? codes.text(notice) : null));
    }

    /** The new account if this is the newest code of a sign-up from this origin; takes one of its attempts. */
    public Optional<Account> verify(EmailAddress email, String code, String origin, Instant now) {
        Optional<PendingCode> signUp = codes.check(Purpose.SIGN_UP, email.text(), origin, code, now);
        if (signUp.isEmpty()) {
            return Optional.empty();
        }
        Account account = newAccount(email, Set.of(), now);
        return parts.trail().recording(recorder -> {
            if (!codes.use(signUp.get()) || !store.add(account, signUp.get().carried())) {
                return Optional.empty();
            }
            recorder.record(
                    new AuditEvent(AuditEvents.ACCOUNT_CREATED, account.id(), account.id(), null, Map.of(), now));
            return Optional.of(account);
        });
    }

    /**
     * Refuses with 503 whom {@link #signIn} or {@link #signUp} would refuse now, before anything is spent on them.
     *
     * @param time that the caller has
     */
    public void requireRoom(Duration time) {
        passwords.within(time).requireRoom();
    }

    /** The account if address and password are right, for a caller who has time. */
    public Optional<Account> signIn(EmailAddress email, char[] password) {
        return signIn(email, password, LONG);
    }

    /**
     * The account if address and password are right. A hash that is outdated is replaced on this occasion.
     *
     * @param time that the caller has
     * @throws dev.mobilebackend.core.problem.ProblemException 503 if too many passwords are being checked for that
     */
    public Optional<Account> signIn(EmailAddress email, char[] password, Duration time) {
        Passwords within = passwords.within(time);
        within.requireRoom();
        Optional<Credentials> found = store.credentials(email);
        if (found.isEmpty()) {
            within.verifyNothing(password);
            return Optional.empty();
        }
        Credentials credentials = found.get();
        PasswordCheck check = within.verify(password, credentials.passwordHash());
        if (!check.right()) {
            return Optional.empty();
        }
        if (check.outdated()) {
            renewHash(credentials, password, within);
        }
        return Optional.of(credentials.account());
    }

    /**
     * Makes an account without a code, for an address that whoever runs the service vouches for; empty if it has one.
     * Not for requests: it takes longer for an address that is new.
     */
    public Optional<Account> tryCreate(EmailAddress email, char[] password, Set<String> roles, Instant now) {
        parts.requireAccepted(password, email, "#/password");
        if (store.credentials(email).isPresent()) {
            return Optional.empty();
        }
        return tryAdd(newAccount(email, roles, now), passwords.hash(password), "service");
    }

    /**
     * Makes an account from one of another system, with the hash that stands there: its owner signs in with the
     * password that they have, and is hashed anew then. Empty if the address has an account.
     *
     * @param passwordHash in a form that {@link Passwords} knows
     * @throws IllegalArgumentException if the form is not known, or the hash asks for more than the caps allow
     */
    public Optional<Account> tryImport(EmailAddress email, String passwordHash, Set<String> roles, Instant now) {
        requireNonNull(email, "email must not be null: the address that the account had there");
        requireNonNull(passwordHash, "passwordHash must not be null: an account without one signs up by itself");
        requireNonNull(roles, "roles must not be null: Set.of() has none");
        requireNonNull(now, "now must not be null: when the account is made");
        passwords.requireVerifiable(passwordHash);
        return tryAdd(newAccount(email, roles, now), passwordHash, "import");
    }

    /** Whether the account has a password at all; a guest's has none, nor one that has never been given any. */
    public boolean hasPassword(String accountId) {
        return store.credentials(accountId).isPresent();
    }

    /**
     * Whether the account has a password and this is it.
     *
     * @param time that the caller has
     * @throws dev.mobilebackend.core.problem.ProblemException 503 if too many passwords are being checked for that
     */
    public boolean hasPassword(String accountId, char[] password, Duration time) {
        return store.credentials(accountId)
                .filter(found -> passwords
                        .within(time)
                        .verify(password, found.passwordHash())
                        .right())
                .isPresent();
    }

    public Optional<Account> find(String accountId) {
        return store.find(accountId);
    }

    /**
     * The account as it is now, if it is there and has the password, address and phone that it was seen with; and so it
     * stays until the transaction around this has ended. Whoever opens or raises a session because of what somebody has
     * shown asks this first, in that transaction: the owner may have changed it since.
     */
    public Optional<Account> lock(Account seen) {
        return parts.lock(seen);
    }

    /**
     * Sets or clears the name; empty if the account is gone or has another version by now.
     *
     * @throws dev.mobilebackend.core.problem.ProblemException 422 if the name is blank or too long
     */
    public Optional<Account> tryRename(String accountId, int expectedVersion, @Nullable String displayName) {
        if (displayName != null && !isName(displayName)) {
            throw Problem.INVALID_INPUT
                    .error("#/displayName", "must have 1 to " + LONGEST_NAME + " characters and no control characters")
                    .exception();
        }
        return store.rename(accountId, expectedVersion, displayName);
    }

    /** Gives a role, from the account's next access token on; empty if the account is gone. */
    public Optional<Account> tryGrantRole(String accountId, String role, Instant now) {
        Account.requireRole(role);
        return recorded(AuditEvents.ROLE_GRANTED, accountId, role, now, () -> store.grantRole(accountId, role));
    }

    /**
     * Takes a role away, from the account's next access token on; empty if the account is gone. Where that must not
     * wait for a token's lifetime, end its sessions too.
     */
    public Optional<Account> tryRevokeRole(String accountId, String role, Instant now) {
        Account.requireRole(role);
        return recorded(AuditEvents.ROLE_REVOKED, accountId, role, now, () -> store.revokeRole(accountId, role));
    }

    /** Nothing is recorded where the account has the role, or has it not, already. */
    private Optional<Account> recorded(
            String type, String accountId, String role, Instant now, Supplier<Optional<Account>> step) {
        return parts.trail().recording(recorder -> {
            Optional<Account> before = store.lock(accountId);
            Optional<Account> after = step.get();
            if (!after.map(Account::roles).equals(before.map(Account::roles))) {
                recorder.record(new AuditEvent(type, accountId, null, null, Map.of("role", role), now));
            }
            return after;
        });
    }

    /**
     * Ends the account for good, with its sessions, its codes and what the listener deletes, in one transaction. The
     * owner is told.
     *
     * @param seen as it was when its owner wished this, as {@code Auth.requirePassword} gives it
     * @return whether this call did: not if it is gone, or has another password, address or phone by now
     */
    public boolean delete(Account seen, Instant now) {
        return parts.tryEnd(seen, seen.id(), now);
    }

    /** What is kept of an account, for its owner; empty if it is gone. */
    public Optional<AccountCopy> export(String accountId, Instant now) {
        return store.find(accountId)
                .map(account -> AccountCopy.of(account, parts.sessions().ofAccount(accountId, now)));
    }

    /** Whoever is right is signed in, whatever becomes of the hash: the next sign-in tries again. */
    private void renewHash(Credentials outdated, char[] password, Passwords within) {
        String accountId = outdated.account().id();
        try {
            store.replacePasswordHash(accountId, outdated.passwordHash(), within.hash(password));
        } catch (ProblemException busy) {
            LOG.info(
                    "the outdated password hash of account {} is kept until the next sign-in: {}",
                    accountId,
                    busy.getMessage());
        } catch (RuntimeException failed) {
            LOG.warn("could not replace the outdated password hash of account {}", accountId, failed);
        }
    }

    private Optional<Account> tryAdd(Account account, String passwordHash, String by) {
        return parts.trail().recording(recorder -> {
            if (!store.add(account, passwordHash)) {
                return Optional.empty();
            }
            var details = new TreeMap<>(Map.of("by", by));
            if (!account.roles().isEmpty()) {
                details.put("roles", String.join(" ", new TreeSet<>(account.roles())));
            }
            recorder.record(new AuditEvent(
                    AuditEvents.ACCOUNT_CREATED, account.id(), null, null, details, account.createdAt()));
            return Optional.of(account);
        });
    }

    private Account newAccount(EmailAddress email, Set<String> roles, Instant now) {
        return new Account(parts.newId(), email, roles, null, now.truncatedTo(ChronoUnit.MICROS), 1);
    }

    private static boolean isName(String text) {
        return !text.isBlank()
                && text.codePointCount(0, text.length()) <= LONGEST_NAME
                && text.codePoints().noneMatch(Character::isISOControl);
    }
}
