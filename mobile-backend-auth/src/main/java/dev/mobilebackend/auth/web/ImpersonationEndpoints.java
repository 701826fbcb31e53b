// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.access.ImpersonationPolicy;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Letting staff act in the place of an account, on the record. */
final class ImpersonationEndpoints {

    private static final int LONGEST_REASON = 500;

    private final ImpersonationPolicy policy;
    private final Accounts accounts;
    private final Sessions sessions;
    private final Grants grants;
    private final RequestTrail trail;

    ImpersonationEndpoints(
            ImpersonationPolicy policy, Accounts accounts, Sessions sessions, Grants grants, RequestTrail trail) {
        this.policy = policy;
        this.accounts = accounts;
        this.sessions = sessions;
        this.grants = grants;
        this.trail = trail;
    }

    void addTo(Endpoints endpoints) {
        endpoints
                .signedIn(HttpMethod.POST, "/impersonation", this::begin)
                .access(policy.who())
                .access(policy.stepUp())
                .accepts(AuthImpersonation.class)
                .answers(200, AuthAccess.class)
                .summary("Lets staff act in the place of an account without a role, for a while (RFC 8693).");
    }

    /** The token is made only once it is on the record who asked for it. */
    private Answer begin(Exchange exchange) {
        AuthImpersonation body = JsonBody.read(exchange, AuthImpersonation.class);
        String reason = reason(body.reason());
        Caller caller = exchange.caller();
        Instant now = exchange.facts().receivedAt();
        Session staff =
                sessions.live(caller.accountId(), caller.sessionId(), now).orElseThrow(AuthProblems::sessionEnded);
        Account account = trail.recording(recorder -> {
            Account found = find(body.accountId(), caller).orElseThrow(Problem.NOT_FOUND::exception);
            recorder.record(RequestTrail.event(
                    AuditEvents.IMPERSONATED,
                    found.id(),
                    caller.accountId(),
                    caller.sessionId(),
                    exchange,
                    Map.of("reason", reason)));
            return found;
        });
        return Answer.json(200, JsonBody.write(grants.toActor(account, staff, policy, now)));
    }

    /** Nobody climbs by this: an account with a role is not found, nor one's own. */
    private Optional<Account> find(String accountId, Caller caller) {
        return accounts.find(accountId)
                .filter(account -> account.roles().isEmpty() && !account.id().equals(caller.accountId()));
    }

    private static String reason(String typed) {
        String reason = typed.strip();
        if (reason.isEmpty()
                || reason.codePointCount(0, reason.length()) > LONGEST_REASON
                || reason.codePoints().anyMatch(Character::isISOControl)) {
            throw Problem.INVALID_INPUT
                    .error("#/reason", "must have 1 to " + LONGEST_REASON + " characters and no control characters")
                    .exception();
        }
        return reason;
    }
}
