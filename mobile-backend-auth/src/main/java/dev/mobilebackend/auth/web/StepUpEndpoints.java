// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.CodeRequest;
import dev.mobilebackend.auth.account.Contact;
import dev.mobilebackend.auth.account.OneTimeCodes;
import dev.mobilebackend.auth.account.PendingCode;
import dev.mobilebackend.auth.account.Purpose;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditTrail.Recorder;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Showing once more, within a session, who is at the device. The session keeps that, and its refresh token stays as it
 * is: whose answer was lost refreshes and has the same.
 */
final class StepUpEndpoints {

    private final Accounts accounts;
    private final OneTimeCodes codes;
    private final Sessions sessions;
    private final GuardedTries tries;
    private final Grants grants;
    private final RequestTrail trail;

    StepUpEndpoints(
            Accounts accounts,
            OneTimeCodes codes,
            Sessions sessions,
            GuardedTries tries,
            Grants grants,
            RequestTrail trail) {
        this.accounts = accounts;
        this.codes = codes;
        this.sessions = sessions;
        this.tries = tries;
        this.grants = grants;
        this.trail = trail;
    }

    void addTo(Endpoints endpoints) {
        endpoints
                .signedIn(HttpMethod.POST, "/step-up", this::stepUp)
                .accepts(AuthStepUp.class)
                .answers(200, AuthAccess.class)
                .summary("Shows once more who is there, by the password or a code (RFC 9470).")
                .signedIn(HttpMethod.POST, "/step-up/code", this::sendCode)
                .accepts(AuthStepUpCode.class)
                .answers(202);
    }

    private Answer sendCode(Exchange exchange) {
        AuthStepUpCode body = JsonBody.read(exchange, AuthStepUpCode.class);
        Account account = account(exchange);
        var request = new CodeRequest(
                Purpose.STEP_UP, account.id(), Origin.of(exchange.caller()), contact(account, body.method()));
        if (!codes.tryIssue(request, exchange.facts().receivedAt())) {
            throw OneTimeCodes.TOO_MANY_CODES.exception();
        }
        return Answer.of(202);
    }

    private Answer stepUp(Exchange exchange) {
        AuthStepUp body = JsonBody.read(exchange, AuthStepUp.class);
        char[] password = body.password();
        String code = body.code();
        try {
            Account account = account(exchange);
            Session session;
            if (password != null && code == null) {
                session = byPassword(account, password, exchange);
            } else if (code != null && password == null) {
                session = byCode(account, code, exchange);
            } else {
                throw Problem.INVALID_INPUT
                        .error("#", "must have either password or code")
                        .exception();
            }
            // A role may have gone while the password was hashed.
            Account now = accounts.find(account.id()).orElseThrow(AuthProblems::changedMeanwhile);
            return Answer.json(200, JsonBody.write(grants.toOwner(grants.owner(now, session), session)));
        } finally {
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
    }

    private Session byPassword(Account account, char[] password, Exchange exchange) {
        return tries.of(
                        PasswordConfirmation.key(account),
                        exchange,
                        () -> accounts.hasPassword(account.id(), password, Patience.of(exchange))
                                ? trail.recording(recorder -> accounts.lock(account)
                                        .map(unchanged -> kept(Methods.PASSWORD, exchange, recorder)))
                                : Optional.empty())
                .orElseThrow(() -> AuthProblems.WRONG_PASSWORD
                        .detail("if you have forgotten it, or your account has none, ask for a code")
                        .error("#/password", "must be the password of your account")
                        .exception());
    }

    /** One that went to where the account is not reached any more is worth nothing. */
    private Session byCode(Account account, String code, Exchange exchange) {
        return tries.of("code " + account.id(), exchange, () -> codes.check(
                                Purpose.STEP_UP,
                                account.id(),
                                Origin.of(exchange.caller()),
                                code,
                                exchange.facts().receivedAt())
                        .filter(sent -> account.contacts().contains(sent.contact()))
                        .flatMap(sent -> redeemed(account, sent, exchange)))
                .orElseThrow(() -> AuthProblems.wrongSessionCode("ask for another one"));
    }

    private Optional<Session> redeemed(Account account, PendingCode sent, Exchange exchange) {
        return trail.recording(recorder -> accounts.lock(account).isPresent() && codes.use(sent)
                ? Optional.of(kept(Methods.codeBy(sent.contact().channel()), exchange, recorder))
                : Optional.empty());
    }

    private Session kept(Set<String> methods, Exchange exchange, Recorder recorder) {
        Session session = sessions.stepUp(
                        exchange.caller().sessionId(), methods, exchange.facts().receivedAt())
                .orElseThrow(AuthProblems::sessionEnded);
        recorder.record(
                RequestTrail.event(AuditEvents.STEPPED_UP, exchange, Map.of("methods", String.join(" ", methods))));
        return session;
    }

    private static Contact contact(Account account, @Nullable String method) {
        if (method == null) {
            return account.contact().orElseThrow(() -> Problem.CONFLICT
                    .detail("there is nowhere to send a code to: give your account an address first")
                    .exception());
        }
        return account.contacts().stream()
                .filter(contact -> Methods.codeBy(contact.channel()).contains(method))
                .findFirst()
                .orElseThrow(() -> Problem.INVALID_INPUT
                        .error(
                                "#/method",
                                "must be otp, where your account has an email address, or sms, where it has"
                                        + " a phone")
                        .exception());
    }

    private Account account(Exchange exchange) {
        return accounts.find(exchange.caller().accountId()).orElseThrow(Problem.NOT_FOUND::exception);
    }
}
