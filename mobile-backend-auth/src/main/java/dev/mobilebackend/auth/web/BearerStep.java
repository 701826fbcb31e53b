// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.auth.token.VerifiedToken;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.util.Objects;
import java.util.Set;

/**
 * Finds out who is calling from {@code Authorization: Bearer} (RFC 6750 section 2.1), or {@code DPoP} with a token that
 * is bound to a key and a proof by it (RFC 9449 section 7.1). Without that field the caller is anonymous, and the route
 * decides whether that will do; with a token that is not good the request is refused.
 */
public final class BearerStep implements EdgeStep {

    private static final String BOUND_SCHEME = "DPoP ";

    private final AccessTokens tokens;
    private final Revocations revocations;
    private final DpopGate gate;
    private final Set<String> unasked;

    /**
     * A step over the tokens and revocations of this instance, which takes no tokens that are bound to keys.
     *
     * @param unasked templates on which the field is not looked at: an app that puts it on every request must be able
     *     to refresh when the token in it has expired
     */
    public BearerStep(AccessTokens tokens, Revocations revocations, Set<String> unasked) {
        this(tokens, revocations, new DpopGate(null), unasked);
    }

    BearerStep(AccessTokens tokens, Revocations revocations, DpopGate gate, Set<String> unasked) {
        this.tokens = tokens;
        this.revocations = revocations;
        this.gate = gate;
        this.unasked = Set.copyOf(unasked);
    }

    @Override
    public void apply(Exchange exchange) {
        String authorization = exchange.header("Authorization");
        if (authorization == null || unasked.contains(exchange.template())) {
            return;
        }
        // Whoever reads another of them than we do would take the request for somebody else's (RFC 9110 section 5.3).
        if (exchange.headers("Authorization").size() > 1) {
            throw AccessTokens.TOKEN_INVALID
                    .detail("send one access token")
                    .error("header:Authorization", "must be there once")
                    .exception();
        }
        boolean bound = gate.isOpen() && authorization.regionMatches(true, 0, BOUND_SCHEME, 0, BOUND_SCHEME.length());
        exchange.authenticated(
                bound
                        ? bound(
                                exchange,
                                authorization.substring(BOUND_SCHEME.length()).strip())
                        : live(tokens.verifyField(
                                authorization, exchange.facts().receivedAt())));
    }

    private Caller bound(Exchange exchange, String token) {
        try {
            VerifiedToken verified = tokens.verifyBound(token);
            Caller caller = live(verified.caller());
            gate.checkBound(exchange, token, Objects.requireNonNull(verified.keyThumbprint()));
            return caller;
        } catch (ProblemException refused) {
            throw challenged(refused.problem()).exception();
        }
    }

    private Caller live(Caller caller) {
        if (revocations.contains(caller.sessionId())) {
            throw AuthProblems.sessionEnded();
        }
        return caller;
    }

    /** The same refusal, in the words of the scheme that was used. */
    private static Problem challenged(Problem problem) {
        String challenge = problem.headers().getOrDefault("WWW-Authenticate", "");
        return challenge.startsWith("Bearer")
                ? problem.header("WWW-Authenticate", DpopGate.challenge("invalid_token"))
                : problem;
    }
}
