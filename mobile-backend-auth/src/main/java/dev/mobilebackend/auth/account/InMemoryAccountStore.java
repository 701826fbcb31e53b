// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Accounts in this process's memory, for tests and prototypes: nothing survives a restart, nothing is ever purged. */
public final class InMemoryAccountStore implements AccountStore {

    private record SignUpKey(EmailAddress email, String origin) {}

    private final Consumer<Notice> outbox;
    private final Map<SignUpKey, SignUp> signUps = new HashMap<>();
    private final Map<EmailAddress, Credentials> accounts = new HashMap<>();

    public InMemoryAccountStore(Consumer<Notice> outbox) {
        this.outbox = outbox;
    }

    @Override
    public synchronized void signUp(SignUp signUp, Notice ifNew, Notice ifTaken) {
        outbox.accept(accounts.containsKey(signUp.email()) ? ifTaken : ifNew);
        signUps.put(new SignUpKey(signUp.email(), signUp.origin()), signUp);
    }

    @Override
    public synchronized Optional<SignUp> takeAttempt(EmailAddress email, String origin, Instant now) {
        var key = new SignUpKey(email, origin);
        SignUp signUp = signUps.get(key);
        if (signUp == null || signUp.attemptsLeft() == 0 || !now.isBefore(signUp.expiresAt())) {
            return Optional.empty();
        }
        var tried = new SignUp(
                email, origin, signUp.seed(), signUp.passwordHash(), signUp.attemptsLeft() - 1, signUp.expiresAt());
        signUps.put(key, tried);
        return Optional.of(tried);
    }

    @Override
    public synchronized boolean confirm(SignUp signUp, Account account) {
        SignUp kept = signUps.get(new SignUpKey(signUp.email(), signUp.origin()));
        if (kept == null || !kept.seed().equals(signUp.seed())) {
            return false;
        }
        signUps.keySet().removeIf(key -> key.email().equals(signUp.email()));
        return add(account, signUp.passwordHash());
    }

    @Override
    public synchronized boolean add(Account account, String passwordHash) {
        return accounts.putIfAbsent(account.email(), new Credentials(account, passwordHash)) == null;
    }

    @Override
    public synchronized Optional<Account> find(String accountId) {
        return accounts.values().stream()
                .map(Credentials::account)
                .filter(account -> account.id().equals(accountId))
                .findFirst();
    }

    @Override
    public synchronized Optional<Credentials> credentials(EmailAddress email) {
        return Optional.ofNullable(accounts.get(email));
    }

    @Override
    public synchronized Optional<Account> rename(String accountId, int expectedVersion, @Nullable String displayName) {
        return find(accountId)
                .filter(account -> account.version() == expectedVersion)
                .map(account -> replace(new Account(
                        account.id(),
                        account.email(),
                        account.roles(),
                        displayName,
                        account.createdAt(),
                        account.version() + 1)));
    }

    @Override
    public synchronized Optional<Account> grantRole(String accountId, String role) {
        return find(accountId)
                .map(account -> account.roles().contains(role) ? account : replace(withRole(account, role)));
    }

    private Account replace(Account account) {
        accounts.computeIfPresent(
                account.email(), (email, credentials) -> new Credentials(account, credentials.passwordHash()));
        return account;
    }

    private static Account withRole(Account account, String role) {
        var roles = new HashSet<>(account.roles());
        roles.add(role);
        return new Account(
                account.id(),
                account.email(),
                roles,
                account.displayName(),
                account.createdAt(),
                account.version() + 1);
    }
}
