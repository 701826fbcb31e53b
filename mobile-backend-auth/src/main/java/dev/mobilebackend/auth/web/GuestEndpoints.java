// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.Guests;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

/** Guests: starting as one, getting an address, and going over to an account that is there already. */
final class GuestEndpoints {

    private final Accounts accounts;
    private final Guests guests;
    private final Sessions sessions;
    private final GuardedTries tries;
    private final TokenAnswers answers;
    private final RequestTrail trail;

    GuestEndpoints(
            Accounts accounts,
            Guests guests,
            Sessions sessions,
            GuardedTries tries,
            TokenAnswers answers,
            RequestTrail trail) {
        this.accounts = accounts;
        this.guests = guests;
        this.sessions = sessions;
        this.tries = tries;
        this.answers = answers;
        this.trail = trail;
    }

    void addTo(Endpoints endpoints) {
        endpoints
                .open(HttpMethod.POST, "/guest", 60, this::open)
                .answers(201, AuthTokens.class)
                .signedIn(HttpMethod.POST, "/guest/upgrade", this::upgrade)
                .accepts(AuthCredentials.class)
                .answers(202)
                .signedIn(HttpMethod.POST, "/guest/verify", this::verify)
                .accepts(AuthConfirmation.class)
                .answers(200, AuthTokens.class)
                .signedIn(HttpMethod.POST, "/guest/link", this::link)
                .accepts(AuthCredentials.class)
                .answers(200, AuthTokens.class);
    }

    private Answer open(Exchange exchange) {
        Account guest = guests.open(exchange.facts().receivedAt());
        Answer opened = answers.opened(guest, Methods.NONE, exchange);
        return new Answer(201, opened.headers(), opened.body());
    }

    private Answer upgrade(Exchange exchange) {
        AuthCredentials body = JsonBody.read(exchange, AuthCredentials.class);
        try {
            guests.upgrade(
                    guest(exchange).id(),
                    Typed.email(body.email()),
                    body.password(),
                    Origin.of(exchange.caller()),
                    Patience.of(exchange),
                    exchange.facts().receivedAt());
            return Answer.of(202);
        } finally {
            Arrays.fill(body.password(), '\0');
        }
    }

    /** With a new session in place of the guest's, which says how its owner signed in. */
    private Answer verify(Exchange exchange) {
        AuthConfirmation body = JsonBody.read(exchange, AuthConfirmation.class);
        Caller caller = exchange.caller();
        Instant now = exchange.facts().receivedAt();
        Account account = tries.of(
                        "code " + caller.accountId(),
                        exchange,
                        () -> guests.verify(caller.accountId(), body.code(), Origin.of(caller), now))
                .orElseThrow(() -> AuthProblems.wrongSessionCode("ask for another one"));
        return trail.recording(recorder -> {
            Answer opened = answers.opened(account, Methods.PASSWORD, exchange);
            sessions.tryEnd(account.id(), caller.sessionId(), Revocation.Reason.SIGNED_OUT, now);
            recorder.record(RequestTrail.event(AuditEvents.SIGNED_OUT, exchange, Map.of()));
            return opened;
        });
    }

    private Answer link(Exchange exchange) {
        AuthCredentials body = JsonBody.read(exchange, AuthCredentials.class);
        try {
            String guestId = guest(exchange).id();
            EmailAddress email = Typed.email(body.email());
            Account account = tries.of(
                            "password " + email,
                            exchange,
                            () -> accounts.signIn(email, body.password(), Patience.of(exchange)))
                    .orElseThrow(GuestEndpoints::wrongPassword);
            if (!guests.tryMerge(guestId, account, exchange.facts().receivedAt())) {
                guest(exchange);
                throw wrongPassword();
            }
            return answers.opened(account, Methods.PASSWORD, exchange);
        } finally {
            Arrays.fill(body.password(), '\0');
        }
    }

    private Account guest(Exchange exchange) {
        return accounts.find(exchange.caller().accountId())
                .filter(Account::isGuest)
                .orElseThrow(GuestEndpoints::noGuest);
    }

    private static RuntimeException wrongPassword() {
        return AuthProblems.WRONG_PASSWORD
                .error("#", "must be the address and the password of an account")
                .exception();
    }

    private static RuntimeException noGuest() {
        return Problem.CONFLICT.detail("this is for guests, and you are none").exception();
    }
}
