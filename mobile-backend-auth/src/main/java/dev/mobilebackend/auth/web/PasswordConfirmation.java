// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.access.InPerson;
import dev.mobilebackend.auth.access.StepUp;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks signed-in callers once more who they are, before something that a found phone or a stolen token must not do. */
final class PasswordConfirmation {

    /** Here too, where an application's own route has forgotten it: a guest's account asks for nothing else. */
    private static final InPerson IN_PERSON = new InPerson();

    /** How long ago the owner of an account without a password must have shown themselves at most. */
    private static final Duration LATELY = Duration.ofMinutes(5);

    private final Accounts accounts;
    private final GuardedTries tries;

    PasswordConfirmation(Accounts accounts, GuardedTries tries) {
        this.accounts = accounts;
        this.tries = tries;
    }

    /** What a try at an account's password is counted by: here, at a change and at a sign-in alike. */
    static String key(Account account) {
        EmailAddress email = account.email();
        return "password " + (email == null ? account.id() : email);
    }

    /**
     * The caller's account as it was before the check, if the password is theirs. An account that has none is asked for
     * a step-up in its place, by a code to where it can be reached already; a guest's has nothing but its session.
     * Otherwise this refuses.
     */
    Account require(Exchange exchange, char @Nullable [] password) {
        IN_PERSON.check(exchange);
        Account account = accounts.find(exchange.caller().accountId()).orElseThrow(Problem.NOT_FOUND::exception);
        if (!accounts.hasPassword(account.id())) {
            if (!account.isGuest()) {
                stepUp(account).check(exchange);
            }
            return account;
        }
        char[] typed = password == null ? new char[0] : password;
        return tries.of(
                        key(account),
                        exchange,
                        () -> accounts.hasPassword(account.id(), typed, Patience.of(exchange))
                                ? Optional.of(account)
                                : Optional.empty())
                .orElseThrow(PasswordConfirmation::wrong);
    }

    /** By methods that the account has, so that the refusal tells the app what it can ask for. */
    private static StepUp stepUp(Account account) {
        return StepUp.within(LATELY)
                .by(account.contacts().stream()
                        .flatMap(contact -> Methods.codeBy(contact.channel()).stream())
                        .toArray(String[]::new));
    }

    static ProblemException wrong() {
        return AuthProblems.WRONG_PASSWORD
                .error("#/password", "must be the password of your account")
                .exception();
    }
}
