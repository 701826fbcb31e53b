// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where accounts live. Every method is one atomic step, and part of the transaction around it where there is one.
 * Instants come with microseconds at most. {@code AccountStoreContract} in testkit says what an implementation must do.
 */
public interface AccountStore {

    /**
     * Adds an account.
     *
     * @param passwordHash null for an account without a password
     * @return whether it did, which it does not if its address or its phone has one
     */
    boolean add(Account account, @Nullable String passwordHash);

    Optional<Account> find(String accountId);

    /**
     * The account as it is now; until the transaction around this has ended, nobody else changes or deletes it. Who
     * locks more, such as codes and sessions, locks the account first.
     */
    Optional<Account> lock(String accountId);

    /** The account that has this address or phone. */
    Optional<Account> find(Contact contact);

    /** The id of the account that has this address or phone; the same work whether or not there is such an account. */
    Optional<String> idOf(Contact contact);

    /** Whether an account has this address or phone; the same work whatever the answer. */
    boolean has(Contact contact);

    /**
     * The account that has this address, and its password's hash, if it has one; the same work whether or not there is
     * such an account.
     */
    Optional<Credentials> credentials(EmailAddress email);

    /** The account and its password's hash, if it has one. */
    Optional<Credentials> credentials(String accountId);

    /** Puts another hash of the same password in place of the one that was seen; says whether it did. */
    boolean replacePasswordHash(String accountId, String seen, String passwordHash);

    /**
     * Gives the account this password, whether or not it had one, and raises the version of its credentials; empty if
     * the account is gone.
     */
    Optional<Account> setPasswordHash(String accountId, String passwordHash);

    /**
     * Gives the account this address or phone in place of the one it has, and raises both versions; empty if the
     * account is gone or another one has it.
     */
    Optional<Account> changeContact(String accountId, Contact contact);

    /** Changes the name and raises the version; empty if the account is gone or has another version by now. */
    Optional<Account> rename(String accountId, int expectedVersion, @Nullable String displayName);

    /** Adds a role and raises the version, unless the account has it; empty if the account is gone. */
    Optional<Account> grantRole(String accountId, String role);

    /** Takes a role away and raises the version, if the account has it; empty if the account is gone. */
    Optional<Account> revokeRole(String accountId, String role);

    /** Deletes the account; says whether this call did. */
    boolean delete(String accountId);

    /**
     * Some of the guests that began before this time and of whom no session is on record, live or ended; the oldest
     * first.
     *
     * @param after the last one that was given before, to go on behind it; null to begin
     */
    List<Account> abandonedGuests(Instant before, @Nullable Account after, int atMost);
}
