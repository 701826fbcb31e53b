// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.InMemoryAuditStore;
import dev.mobilebackend.auth.password.Argon2Cost;
import dev.mobilebackend.auth.password.HashingPolicy;
import dev.mobilebackend.auth.password.PasswordPolicy;
import dev.mobilebackend.auth.password.PasswordRules;
import dev.mobilebackend.auth.password.Passwords;
import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.InMemorySessionStore;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Everything that the flows of accounts work with, in memory, and one account's owner. */
public final class Desk {

    static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
    static final EmailAddress ADA = EmailAddress.parse("ada@example.org");
    static final PhoneNumber PHONE = PhoneNumber.parse("+49 30 123456");
    static final Duration PATIENT = Duration.ofDays(1);
    static final String PASSWORD = "correct horse battery";

    private static final Argon2Cost CHEAP = new Argon2Cost(8, 1, 1);
    private static final Passwords PASSWORDS =
            Passwords.of(new HashingPolicy(CHEAP, CHEAP, 2, 8, Duration.ofSeconds(9)));

    final List<Notice> outbox = new ArrayList<>();
    final List<Account> deleted = new ArrayList<>();
    AccountListener listener = AccountListener.NONE;
    final InMemorySessionStore sessionStore = new InMemorySessionStore();
    final InMemoryAccountStore store = new InMemoryAccountStore(sessionStore);
    final InMemoryCodeStore codeStore = new InMemoryCodeStore(outbox::add);
    final AuditTrail trail;
    final Sessions sessions;
    final AccountParts parts;
    public final Accounts accounts;
    Instant now = START;
    private long before;

    public Desk() {
        this(CodePolicy.standard(), new byte[32]);
    }

    Desk(CodePolicy policy, byte[] key) {
        ServerSecret secret = ServerSecret.of(key);
        var random = new SecureRandom();
        trail = new AuditTrail(new InMemoryAuditStore(), secret, random);
        trail.begin(Instant.EPOCH);
        before = trail.head().number();
        sessions = new Sessions(SessionPolicy.standard(), sessionStore, new Revocations(), secret, random);
        parts = new AccountParts(
                store,
                new OneTimeCodes(policy, codeStore, secret, random),
                PASSWORDS,
                new PasswordRules(PasswordPolicy.standard()),
                sessions,
                trail,
                outbox::add,
                account -> {
                    listener.deleting(account);
                    deleted.add(account);
                },
                random);
        accounts = new Accounts(parts);
    }

    /** An account for the address, with the usual password. */
    Account ada() {
        Account ada =
                accounts.tryCreate(ADA, PASSWORD.toCharArray(), Set.of(), now).orElseThrow();
        before = trail.head().number();
        return ada;
    }

    Session session(Account account) {
        return sessions.open(account.id(), Device.UNKNOWN, Set.of("pwd"), now).session();
    }

    int sessionsOf(Account account) {
        return sessions.ofAccount(account.id(), now).size();
    }

    /** The newest message that was owed; there must have been one to send. */
    Message mail() {
        return accounts.message(outbox.get(outbox.size() - 1)).orElseThrow();
    }

    /** The code of the newest message. */
    public String code() {
        return mail().code();
    }

    /** The newest code that went to this address or phone. */
    String codeFor(Contact contact) {
        Notice newest = outbox.stream()
                .filter(notice ->
                        notice.to().equals(contact.text()) && notice.kind().carriesCode())
                .reduce((earlier, later) -> later)
                .orElseThrow();
        return accounts.message(newest).orElseThrow().code();
    }

    List<Notice.Kind> told() {
        return outbox.stream().map(Notice::kind).toList();
    }

    /** Which events the trail has got since the account was there. */
    List<String> recorded() {
        List<String> types = trail.newest(null, Long.MAX_VALUE, 100).stream()
                .filter(entry -> entry.number() > before)
                .map(entry -> entry.event().type())
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.reverse(types);
        return types;
    }

    static String wrong(String code) {
        return (code.charAt(0) == '0' ? '1' : '0') + code.substring(1);
    }
}
