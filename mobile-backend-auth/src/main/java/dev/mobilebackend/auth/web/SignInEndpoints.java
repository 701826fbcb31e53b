// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.validate.JsonBody;
import java.util.Arrays;

/** Signing up, verifying the address and signing in. */
final class SignInEndpoints {

    private final Accounts accounts;
    private final GuardedTries tries;
    private final TokenAnswers answers;

    SignInEndpoints(Accounts accounts, GuardedTries tries, TokenAnswers answers) {
        this.accounts = accounts;
        this.tries = tries;
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
        accounts.requireRoom(Patience.of(exchange));
        AuthCredentials body = JsonBody.read(exchange, AuthCredentials.class);
        try {
            accounts.signUp(
                    Typed.email(body.email()),
                    body.password(),
                    Origin.of(exchange.facts()),
                    Patience.of(exchange),
                    exchange.facts().receivedAt());
            return Answer.of(202);
        } finally {
            Arrays.fill(body.password(), '\0');
        }
    }

    private Answer verify(Exchange exchange) {
        AuthCode body = JsonBody.read(exchange, AuthCode.class);
        EmailAddress email = Typed.email(body.email());
        Account account = tries.of(
                        "code " + email,
                        exchange,
                        () -> accounts.verify(
                                email,
                                body.code(),
                                Origin.of(exchange.facts()),
                                exchange.facts().receivedAt()))
                .orElseThrow(() -> AuthProblems.wrongCode(
                        "sign in if it was taken before, or sign up again to be sent another one"));
        return answers.opened(account, Methods.PASSWORD, exchange);
    }

    private Answer signIn(Exchange exchange) {
        accounts.requireRoom(Patience.of(exchange));
        AuthCredentials body = JsonBody.read(exchange, AuthCredentials.class);
        try {
            EmailAddress email = Typed.email(body.email());
            Account account = tries.of(
                            "password " + email,
                            exchange,
                            () -> accounts.signIn(email, body.password(), Patience.of(exchange)))
                    .orElseThrow(() -> AuthProblems.WRONG_CREDENTIALS
                            .detail("or the address has not been verified yet: sign up again to be sent a code")
                            .exception());
            return answers.opened(account, Methods.PASSWORD, exchange);
        } finally {
            Arrays.fill(body.password(), '\0');
        }
    }
}
