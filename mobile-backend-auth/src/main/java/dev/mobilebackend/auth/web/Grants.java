// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.auth.access.ImpersonationPolicy;
import dev.mobilebackend.auth.access.Scopes;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.auth.token.IssuedToken;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.route.Access;
import java.time.Instant;
import java.util.Set;

/** Gives out access tokens: the one place where it is decided what each of them may do. Thread safe. */
final class Grants {

    private final AccessTokens tokens;
    private final Scopes scopes;

    Grants(AccessTokens tokens, Scopes scopes) {
        this.tokens = tokens;
        this.scopes = scopes;
    }

    /** An account's owner: with the roles that it has now and the scopes that the application chooses now. */
    Caller owner(Account account, Session session) {
        Set<String> chosen = requireNonNull(
                scopes.of(account, session),
                () -> "the scopes of a token must not be null, were for account " + account.id()
                        + ": return Set.of() where there are none");
        chosen.forEach(Access::scope);
        return new Caller(account.id(), session.id(), account.roles(), chosen, session.authentication(), null);
    }

    AuthAccess toOwner(Caller owner, Session session) {
        return access(owner, session, session.expiresAt());
    }

    /** To staff in the place of an account: on their own session, as somebody who has shown nothing. */
    AuthAccess toActor(Account account, Session staff, ImpersonationPolicy policy, Instant now) {
        var caller = new Caller(
                account.id(), staff.id(), account.roles(), policy.scopes(), Authentication.UNKNOWN, staff.accountId());
        return access(caller, staff, now.plus(policy.lifetime()));
    }

    /** No token outlives its session. */
    private AuthAccess access(Caller caller, Session session, Instant until) {
        Instant end = until.isBefore(session.expiresAt()) ? until : session.expiresAt();
        IssuedToken issued = tokens.issue(caller, session.keyThumbprint(), end);
        return new AuthAccess(
                issued.token(),
                session.keyThumbprint() == null ? "Bearer" : "DPoP",
                issued.lifetime().toSeconds());
    }
}
