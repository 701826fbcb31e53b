// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.mobilebackend.auth.dpop.DpopDecision;
import dev.mobilebackend.auth.dpop.DpopDecision.NonceNeeded;
import dev.mobilebackend.auth.dpop.DpopDecision.Proven;
import dev.mobilebackend.auth.dpop.DpopDecision.Refused;
import dev.mobilebackend.auth.dpop.DpopProofs;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks each request's proof of possession, once and before anything else is done for it: the code that somebody typed
 * must not be used up by a request whose proof is refused. Without proofs to check, requests have no keys.
 */
final class DpopGate {

    private static final String FIELD = "header:" + DpopProofs.HEADER;

    private final @Nullable DpopProofs proofs;

    /** By identity, and for as long as the exchange lives. */
    private final Cache<Exchange, String> keys =
            Caffeine.newBuilder().weakKeys().executor(Runnable::run).build();

    DpopGate(@Nullable DpopProofs proofs) {
        this.proofs = proofs;
    }

    /** Whether proofs are looked at. */
    boolean isOpen() {
        return proofs != null;
    }

    /** At an endpoint that asks for no access token: a proof by whatever key, if there is one. */
    void check(Exchange exchange) {
        if (proofs == null || key(exchange) != null || exchange.header(DpopProofs.HEADER) == null) {
            return;
        }
        DpopDecision decision = proofs.check(
                field(exchange, 400),
                exchange.facts().method(),
                exchange.facts().path(),
                exchange.facts().receivedAt());
        keys.put(exchange, proven(decision, 400));
    }

    /** With an access token that is bound to a key: a proof by that one (RFC 9449 section 7.1). */
    void checkBound(Exchange exchange, String accessToken, String keyThumbprint) {
        if (proofs == null) {
            throw new IllegalStateException("nobody checks proofs of possession here");
        }
        DpopDecision decision = proofs.checkBound(
                field(exchange, 401),
                exchange.facts().method(),
                exchange.facts().path(),
                accessToken,
                keyThumbprint,
                exchange.facts().receivedAt());
        keys.put(exchange, proven(decision, 401));
    }

    /** The thumbprint of the key that the request has proved, if it has. */
    @Nullable
    String key(Exchange exchange) {
        return keys.getIfPresent(exchange);
    }

    /** What a client is told to send along with a token that is bound (RFC 9449 section 7.1). */
    static String challenge(String error) {
        return "DPoP error=\"" + error + "\", algs=\"" + DpopProofs.ALGORITHMS + "\"";
    }

    private static String field(Exchange exchange, int status) {
        List<String> fields = exchange.headers(DpopProofs.HEADER);
        if (fields.size() != 1) {
            throw as(status, AuthProblems.INVALID_DPOP_PROOF, "invalid_dpop_proof")
                    .error(FIELD, fields.isEmpty() ? "is required" : "must be there once")
                    .exception();
        }
        return fields.get(0);
    }

    private static String proven(DpopDecision decision, int status) {
        if (decision instanceof Proven proven) {
            return proven.keyThumbprint();
        } else if (decision instanceof NonceNeeded needed) {
            throw as(status, AuthProblems.USE_DPOP_NONCE, "use_dpop_nonce")
                    .header("DPoP-Nonce", needed.nonce())
                    .error(FIELD, "must have the nonce that DPoP-Nonce brings, or be made by a clock that is right")
                    .exception();
        }
        throw as(status, AuthProblems.INVALID_DPOP_PROOF, "invalid_dpop_proof")
                .error(FIELD, ((Refused) decision).why())
                .exception();
    }

    /** Where tokens are given out it is a bad request, where one is used a challenge (RFC 9449 sections 5 and 7.1). */
    private static Problem as(int status, Problem problem, String error) {
        return status == 400
                ? problem
                : Problem.of(status, problem.code(), problem.title()).header("WWW-Authenticate", challenge(error));
    }
}
