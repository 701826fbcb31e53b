// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.auth.password.PasswordRules;
import dev.mobilebackend.auth.password.Passwords;
import dev.mobilebackend.core.problem.FieldError;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of signing up, verifying an address and signing in. Nothing here tells whether an address has an account:
 * known or not, each step does the same work and answers alike, and only the owner of the mailbox learns more. Thread
 * safe; has no clock and no state of its own.
 */
public final class Accounts {

    private static final int LONGEST_NAME = 100;

    private final CodePolicy policy;
    private final AccountStore store;
    private final Passwords passwords;
    private final PasswordRules rules;
    private final VerificationCodes codes;
    private final SecureRandom random;

    public Accounts(
            CodePolicy policy,
            AccountStore store,
            Passwords passwords,
            PasswordRules rules,
            ServerSecret secret,
            SecureRandom random) {
        this.policy = policy;
        this.store = store;
        this.passwords = passwords;
        this.rules = rules;
        this.codes = new VerificationCodes(secret);
        this.random = random;
    }

    /**
     * Starts a sign-up: a code goes to the address, or word that it has an account already. Signing up again makes a
     * new code, and the one before is not taken any more.
     *
     * @param origin where the sign-up comes from: a device, or a network, and the code has to be typed there
     * @throws dev.mobilebackend.core.problem.ProblemException 422 if the password is not accepted, 503 if too many are
     *     being hashed
     */
    public void signUp(EmailAddress email, char[] password, String origin, Instant now) {
        requireAccepted(password);
        String passwordHash = passwords.hash(password);
        String seed = randomId();
        var signUp = new SignUp(
                email,
                origin,
                seed,
                passwordHash,
                policy.attempts(),
                now.plus(policy.lifetime()).truncatedTo(ChronoUnit.MICROS));
        store.signUp(
                signUp,
                new Notice(Notice.Kind.VERIFICATION_CODE, email.text(), seed),
                new Notice(Notice.Kind.ALREADY_REGISTERED, email.text(), ""));
    }

    /** The message that a notice stands for; computed anew each time and always the same. */
    public Message message(Notice notice) {
        return switch (notice.kind()) {
            case VERIFICATION_CODE ->
                new Message(
                        notice.kind(),
                        notice.to(),
                        "Confirm your email address",
                        codes.code(notice.to(), notice.seed()));
            case ALREADY_REGISTERED -> new Message(notice.kind(), notice.to(), "You already have an account", null);
            case SESSION_REPLAYED ->
                new Message(notice.kind(), notice.to(), "One of your devices was signed out", null);
        };
    }

    /** The new account if this is the newest code of a sign-up from this origin; takes one of its attempts. */
    public Optional<Account> verify(EmailAddress email, String code, String origin, Instant now) {
        Optional<SignUp> signUp =
                store.takeAttempt(email, origin, now).filter(tried -> codes.matches(code, email.text(), tried.seed()));
        if (signUp.isEmpty()) {
            return Optional.empty();
        }
        Account account = newAccount(email, Set.of(), now);
        return store.confirm(signUp.get(), account) ? Optional.of(account) : Optional.empty();
    }

    /**
     * The account if address and password are right.
     *
     * @throws dev.mobilebackend.core.problem.ProblemException 503 if too many passwords are being checked
     */
    public Optional<Account> signIn(EmailAddress email, char[] password) {
        Optional<Credentials> found = store.credentials(email);
        if (found.isEmpty()) {
            passwords.verifyNothing(password);
            return Optional.empty();
        }
        Credentials credentials = found.get();
        return passwords.verify(password, credentials.passwordHash())
                ? Optional.of(credentials.account())
                : Optional.empty();
    }

    /**
     * Makes an account without a code, for an address that whoever runs the service vouches for; empty if it has one.
     * Not for requests: it takes longer for an address that is new.
     */
    public Optional<Account> tryCreate(EmailAddress email, char[] password, Set<String> roles, Instant now) {
        requireAccepted(password);
        if (store.credentials(email).isPresent()) {
            return Optional.empty();
        }
        Account account = newAccount(email, roles, now);
        return store.add(account, passwords.hash(password)) ? Optional.of(account) : Optional.empty();
    }

    public Optional<Account> find(String accountId) {
        return store.find(accountId);
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
    public Optional<Account> tryGrantRole(String accountId, String role) {
        Account.requireRole(role);
        return store.grantRole(accountId, role);
    }

    private void requireAccepted(char[] password) {
        Problem refusal = Problem.INVALID_INPUT;
        for (FieldError error : rules.check(password)) {
            refusal = refusal.error(error.pointer(), error.detail());
        }
        if (!refusal.errors().isEmpty()) {
            throw refusal.exception();
        }
    }

    private Account newAccount(EmailAddress email, Set<String> roles, Instant now) {
        return new Account(randomId(), email, roles, null, now.truncatedTo(ChronoUnit.MICROS), 1);
    }

    private String randomId() {
        byte[] id = new byte[16];
        random.nextBytes(id);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }

    private static boolean isName(String text) {
        return !text.isBlank()
                && text.codePointCount(0, text.length()) <= LONGEST_NAME
                && text.codePoints().noneMatch(Character::isISOControl);
    }
}
