// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.access.InPerson;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks signed-in callers for their password before something that a found phone must not do. */
final class PasswordConfirmation {

    /**
     * Here too, where an application's own route has forgotten it: an account without a password asks for nothing else.
     */
    private static final InPerson IN_PERSON = new InPerson();

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
     * The caller's account as it was before the check, if the password is theirs or it has none; otherwise this
     * refuses.
     */
    Account require(Exchange exchange, char @Nullable [] password) {
        IN_PERSON.check(exchange);
        Account account = accounts.find(exchange.caller().accountId()).orElseThrow(Problem.NOT_FOUND::exception);
        char[] typed = password == null ? new char[0] : password;
        return tries.of(
                        key(account),
                        exchange,
                        () -> accounts.confirms(account.id(), typed, Patience.of(exchange))
                                ? Optional.of(account)
                                : Optional.empty())
                .orElseThrow(PasswordConfirmation::wrong);
    }

    static ProblemException wrong() {
        return AuthProblems.WRONG_PASSWORD
                .error("#/password", "must be the password of your account")
                .exception();
    }
}
