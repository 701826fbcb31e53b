// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.auth.session.InMemorySessionStore;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Accounts in this process's memory, for tests and prototypes: nothing survives a restart. */
public final class InMemoryAccountStore implements AccountStore {

    private record Kept(Account account, @Nullable String passwordHash) {

        Optional<Credentials> credentials() {
            return passwordHash == null ? Optional.empty() : Optional.of(new Credentials(account, passwordHash));
        }
    }

    private static final Comparator<Account> BY_AGE =
            Comparator.comparing(Account::createdAt).thenComparing(Account::id);

    private final Map<String, Kept> accounts = new HashMap<>();
    private final InMemorySessionStore sessions;

    /** No account yet, beside these sessions. */
    public InMemoryAccountStore(InMemorySessionStore sessions) {
        this.sessions = sessions;
    }

    @Override
    public synchronized boolean add(Account account, @Nullable String passwordHash) {
        boolean free = isFree(account.email()) && isFree(account.phone());
        return free && accounts.putIfAbsent(account.id(), new Kept(account, passwordHash)) == null;
    }

    @Override
    public synchronized Optional<Account> find(String accountId) {
        return Optional.ofNullable(accounts.get(accountId)).map(Kept::account);
    }

    /** Alone as far as {@code AuditTrail} runs one step at a time. */
    @Override
    public Optional<Account> lock(String accountId) {
        return find(accountId);
    }

    @Override
    public synchronized Optional<Account> find(Contact contact) {
        return kept(contact).map(Kept::account);
    }

    @Override
    public synchronized Optional<String> idOf(Contact contact) {
        return kept(contact).map(kept -> kept.account().id());
    }

    @Override
    public synchronized boolean has(Contact contact) {
        return kept(contact).isPresent();
    }

    @Override
    public synchronized Optional<Credentials> credentials(EmailAddress email) {
        return kept(email).flatMap(Kept::credentials);
    }

    @Override
    public synchronized Optional<Credentials> credentials(String accountId) {
        return Optional.ofNullable(accounts.get(accountId)).flatMap(Kept::credentials);
    }

    @Override
    public synchronized boolean replacePasswordHash(String accountId, String seen, String passwordHash) {
        return credentials(accountId)
                .filter(found -> found.passwordHash().equals(seen))
                .map(found -> accounts.put(accountId, new Kept(found.account(), passwordHash)))
                .isPresent();
    }

    @Override
    public synchronized Optional<Account> setPasswordHash(String accountId, String passwordHash) {
        accounts.computeIfPresent(accountId, (id, kept) -> new Kept(withNewCredentials(kept.account()), passwordHash));
        return find(accountId);
    }

    @Override
    public synchronized Optional<Account> changeContact(String accountId, Contact contact) {
        if (kept(contact).filter(kept -> !kept.account().id().equals(accountId)).isPresent()) {
            return Optional.empty();
        }
        return change(
                accountId,
                account -> new Account(
                        account.id(),
                        contact instanceof EmailAddress email ? email : account.email(),
                        contact instanceof PhoneNumber phone ? phone : account.phone(),
                        account.roles(),
                        account.displayName(),
                        account.createdAt(),
                        account.version() + 1,
                        account.credentialsVersion() + 1));
    }

    @Override
    public synchronized Optional<Account> rename(String accountId, int expectedVersion, @Nullable String displayName) {
        return find(accountId)
                .filter(account -> account.version() == expectedVersion)
                .flatMap(found -> change(
                        accountId,
                        account -> new Account(
                                account.id(),
                                account.email(),
                                account.phone(),
                                account.roles(),
                                displayName,
                                account.createdAt(),
                                account.version() + 1,
                                account.credentialsVersion())));
    }

    @Override
    public synchronized Optional<Account> grantRole(String accountId, String role) {
        return change(accountId, account -> withRoles(account, roles -> roles.add(role)));
    }

    @Override
    public synchronized Optional<Account> revokeRole(String accountId, String role) {
        return change(accountId, account -> withRoles(account, roles -> roles.remove(role)));
    }

    @Override
    public synchronized boolean delete(String accountId) {
        return accounts.remove(accountId) != null;
    }

    @Override
    public synchronized List<Account> abandonedGuests(Instant before, @Nullable Account after, int atMost) {
        return accounts.values().stream()
                .map(Kept::account)
                .filter(account -> account.isGuest() && account.createdAt().isBefore(before))
                .filter(account -> !sessions.knows(account.id()))
                .filter(account -> after == null || BY_AGE.compare(account, after) > 0)
                .sorted(BY_AGE)
                .limit(atMost)
                .toList();
    }

    private Optional<Account> change(String accountId, UnaryOperator<Account> change) {
        accounts.computeIfPresent(accountId, (id, kept) -> new Kept(change.apply(kept.account()), kept.passwordHash()));
        return find(accountId);
    }

    private boolean isFree(@Nullable Contact contact) {
        return contact == null || kept(contact).isEmpty();
    }

    private Optional<Kept> kept(Contact contact) {
        return accounts.values().stream()
                .filter(kept -> contact.equals(kept.account().email())
                        || contact.equals(kept.account().phone()))
                .findFirst();
    }

    /** The same account where that changes nothing. */
    private static Account withRoles(Account account, Predicate<Set<String>> change) {
        var roles = new HashSet<>(account.roles());
        if (!change.test(roles)) {
            return account;
        }
        return new Account(
                account.id(),
                account.email(),
                account.phone(),
                roles,
                account.displayName(),
                account.createdAt(),
                account.version() + 1,
                account.credentialsVersion());
    }

    private static Account withNewCredentials(Account account) {
        return new Account(
                account.id(),
                account.email(),
                account.phone(),
                account.roles(),
                account.displayName(),
                account.createdAt(),
                account.version(),
                account.credentialsVersion() + 1);
    }
}
