// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.PasswordChanges;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import java.util.Arrays;
import java.util.Optional;

/** Setting another password, forgotten or known. */
final class PasswordEndpoints {

    private final Accounts accounts;
    private final PasswordChanges changes;
    private final DeviceTrail devices;
    private final GuardedTries tries;

    PasswordEndpoints(Accounts accounts, PasswordChanges changes, DeviceTrail devices, GuardedTries tries) {
        this.accounts = accounts;
        this.changes = changes;
        this.devices = devices;
        this.tries = tries;
    }

    void addTo(Endpoints endpoints) {
        endpoints
                .open(HttpMethod.POST, "/password/forgot", 60, this::forgot)
                .accepts(AuthAddress.class)
                .answers(202)
                .open(HttpMethod.POST, "/password/reset", 120, this::reset)
                .accepts(AuthPasswordReset.class)
                .answers(204)
                .signedIn(HttpMethod.POST, "/password/change", this::change)
                .accepts(AuthPasswordChange.class)
                .answers(204);
    }

    private Answer forgot(Exchange exchange) {
        AuthAddress body = JsonBody.read(exchange, AuthAddress.class);
        EmailAddress email = Typed.email(body.email());
        changes.forgot(
                email,
                Origin.of(exchange.facts()),
                devices.known(email.text(), exchange) != null,
                exchange.facts().receivedAt());
        return Answer.of(202);
    }

    /** Without tokens: whoever has set a password signs in with it, by whatever rules hold for that. */
    private Answer reset(Exchange exchange) {
        AuthPasswordReset body = JsonBody.read(exchange, AuthPasswordReset.class);
        try {
            EmailAddress email = Typed.email(body.email());
            Optional<Account> reset = tries.of(
                    "code " + email,
                    exchange,
                    () -> changes.reset(
                            email,
                            body.code(),
                            body.password(),
                            Origin.of(exchange.facts()),
                            Patience.of(exchange),
                            exchange.facts().receivedAt()));
            if (reset.isEmpty()) {
                throw AuthProblems.wrongCode("ask for another one");
            }
            return Answer.of(204);
        } finally {
            Arrays.fill(body.password(), '\0');
        }
    }

    private Answer change(Exchange exchange) {
        AuthPasswordChange body = JsonBody.read(exchange, AuthPasswordChange.class);
        try {
            Caller caller = exchange.caller();
            Account account = accounts.find(caller.accountId()).orElseThrow(Problem.NOT_FOUND::exception);
            Optional<Account> changed = tries.of(
                    PasswordConfirmation.key(account),
                    exchange,
                    () -> changes.change(
                            caller.accountId(),
                            caller.sessionId(),
                            body.currentPassword(),
                            body.newPassword(),
                            Patience.of(exchange),
                            exchange.facts().receivedAt()));
            if (changed.isEmpty()) {
                throw AuthProblems.WRONG_PASSWORD
                        .detail("if you have forgotten it, or your account has none yet, set one by a code")
                        .error("#/currentPassword", "must be the password of your account")
                        .exception();
            }
            return Answer.of(204);
        } finally {
            Arrays.fill(body.currentPassword(), '\0');
            Arrays.fill(body.newPassword(), '\0');
        }
    }
}
