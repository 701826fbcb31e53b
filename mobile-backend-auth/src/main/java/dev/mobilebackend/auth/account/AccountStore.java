// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where accounts live. Every method is one atomic step. Instants come with microseconds at most.
 * {@code AccountStoreContract} in testkit says what an implementation must do.
 */
public interface AccountStore {

    /**
     * Keeps a sign-up in place of an earlier one of the same address and origin, and hands one of two notices to the
     * outbox: both happen or neither. It does the same work whether or not the address has an account.
     *
     * @param ifNew the notice if the address has no account yet
     * @param ifTaken the notice if it has one; the sign-up is kept all the same and can't be confirmed
     */
    void signUp(SignUp signUp, Notice ifNew, Notice ifTaken);

    /** Takes one of a sign-up's attempts; empty if there is none left, or no such sign-up that is valid at this time. */
    Optional<SignUp> takeAttempt(EmailAddress email, String origin, Instant now);

    /**
     * Turns a sign-up into an account, and drops every other one of its address.
     *
     * @return whether it did: not if this sign-up has been replaced or confirmed before, or the address has an account
     */
    boolean confirm(SignUp signUp, Account account);

    /** Adds an account; whether it did, which it does not if the address has one. */
    boolean add(Account account, String passwordHash);

    Optional<Account> find(String accountId);

    Optional<Credentials> credentials(EmailAddress email);

    /** Changes the name and raises the version; empty if the account is gone or has another version by now. */
    Optional<Account> rename(String accountId, int expectedVersion, @Nullable String displayName);

    /** Adds a role and raises the version, unless the account has it; empty if the account is gone. */
    Optional<Account> grantRole(String accountId, String role);
}
