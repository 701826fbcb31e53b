// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.attempt.AttemptDecision.Refused;
import dev.mobilebackend.auth.attempt.LoginGuard;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Signing up, verifying the address and signing in. */
final class SignInEndpoints {

    private static final Set<String> PASSWORD = Set.of("pwd");

    private final Accounts accounts;
    private final LoginGuard guard;
    private final TokenAnswers answers;

    SignInEndpoints(Accounts accounts, LoginGuard guard, TokenAnswers answers) {
        this.accounts = accounts;
        this.guard = guard;
        this.answers = answers;
    }

    void addTo(Endpoints endpoints) {
        endpoints
                .open(HttpMethod.POST, "/sign-up", 120, this::signUp)
                .accepts(AuthCredentials.class)
                .answers(202)
                .open(HttpMethod.POST, "/verify", 120, this::verify)
                .accepts(AuthCode.class)
                .answers(200, AuthTokens.class)
                .open(HttpMethod.POST, "/sign-in", 120, this::signIn)
                .accepts(AuthCredentials.class)
                .answers(200, AuthTokens.class);
    }

    private Answer signUp(Exchange exchange) {
        AuthCredentials body = JsonBody.read(exchange, AuthCredentials.class);
        try {
            accounts.signUp(
                    email(body.email()),
                    body.password(),
                    Origin.of(exchange.facts()),
                    exchange.facts().receivedAt());
            return Answer.of(202);
        } finally {
            Arrays.fill(body.password(), '\0');
        }
    }

    private Answer verify(Exchange exchange) {
        AuthCode body = JsonBody.read(exchange, AuthCode.class);
        EmailAddress email = email(body.email());
        Account account = guarded(
                        "code " + email,
                        exchange.facts().client(),
                        () -> accounts.verify(
                                email,
                                body.code(),
                                Origin.of(exchange.facts()),
                                exchange.facts().receivedAt()))
                .orElseThrow(() -> AuthProblems.WRONG_CODE
                        .detail("sign up again to be sent another one")
                        .error(
                                "#/code",
                                "is wrong, used, replaced or expired, or was asked for on another device, or, without a"
                                        + " Device-Id, from another network")
                        .exception());
        return answers.opened(account, PASSWORD, exchange);
    }

    private Answer signIn(Exchange exchange) {
        AuthCredentials body = JsonBody.read(exchange, AuthCredentials.class);
        try {
            EmailAddress email = email(body.email());
            Account account = guarded(
                            "password " + email,
                            exchange.facts().client(),
                            () -> accounts.signIn(email, body.password()))
                    .orElseThrow(() -> AuthProblems.WRONG_CREDENTIALS
                            .detail("or the address has not been verified yet: sign up again to be sent a code")
                            .exception());
            return answers.opened(account, PASSWORD, exchange);
        } finally {
            Arrays.fill(body.password(), '\0');
        }
    }

    /** One try at a password or a code, counted whatever becomes of it. */
    private Optional<Account> guarded(String key, ClientAddress client, Supplier<Optional<Account>> attempt) {
        if (guard.decide(key, client) instanceof Refused refused) {
            throw LoginGuard.TOO_MANY_TRIES.retryAfter(refused.retryAfter()).exception();
        }
        Optional<Account> account;
        try {
            account = attempt.get();
        } catch (RuntimeException unanswered) {
            guard.abandoned(key, client);
            throw unanswered;
        }
        if (account.isPresent()) {
            guard.succeeded(key, client);
        } else {
            guard.failed(key, client);
        }
        return account;
    }

    private static EmailAddress email(String typed) {
        try {
            return EmailAddress.parse(typed);
        } catch (IllegalArgumentException none) {
            throw Problem.INVALID_INPUT
                    .error("#/email", "must be an email address such as ada@example.org, in ASCII")
                    .exception();
        }
    }
}
