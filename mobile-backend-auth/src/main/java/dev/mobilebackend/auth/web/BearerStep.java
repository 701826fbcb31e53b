// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import java.util.Set;

/**
 * Finds out who is calling from {@code Authorization: Bearer} (RFC 6750 section 2.1). Without that field the caller is
 * anonymous, and the route decides whether that will do; with a token that is not good the request is refused.
 */
public final class BearerStep implements EdgeStep {

    private final AccessTokens tokens;
    private final Revocations revocations;
    private final Set<String> unasked;

    /**
     * A step over the tokens and revocations of this instance.
     *
     * @param unasked templates on which the field is not looked at: an app that puts it on every request must be able
     *     to refresh when the token in it has expired
     */
    public BearerStep(AccessTokens tokens, Revocations revocations, Set<String> unasked) {
        this.tokens = tokens;
        this.revocations = revocations;
        this.unasked = Set.copyOf(unasked);
    }

    @Override
    public void apply(Exchange exchange) {
        String authorization = exchange.header("Authorization");
        if (authorization == null || unasked.contains(exchange.template())) {
            return;
        }
        Caller caller = tokens.verifyField(authorization);
        if (revocations.contains(caller.sessionId())) {
            throw AuthProblems.SESSION_ENDED.detail("sign in again").exception();
        }
        exchange.authenticated(caller);
    }
}
