// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import static java.util.Objects.requireNonNullElse;

import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.auth.token.VerifiedToken;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.validate.JsonBody;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Giving up a token (RFC 7009) and asking what one is good for (RFC 7662). Whoever has a token may give it up, since
 * phones can't keep the secret of a client; only services that are known may ask.
 */
final class TokenEndpoints {

    /** A service may ask for each request that it serves. */
    private static final int ASKED_A_MINUTE = 60_000;

    private static final int GIVEN_UP_A_MINUTE = 120;

    private static final String SCHEME = "Basic ";
    private static final byte[] INACTIVE = "{\"active\":false}".getBytes(StandardCharsets.US_ASCII);

    private final List<TokenClient> clients;
    private final AccessTokens tokens;
    private final Sessions sessions;
    private final Revocations revocations;
    private final RequestTrail trail;

    TokenEndpoints(
            List<TokenClient> clients,
            AccessTokens tokens,
            Sessions sessions,
            Revocations revocations,
            RequestTrail trail) {
        this.clients = clients;
        this.tokens = tokens;
        this.sessions = sessions;
        this.revocations = revocations;
        this.trail = trail;
    }

    void addTo(Endpoints endpoints) {
        endpoints
                .open(HttpMethod.POST, "/revoke", GIVEN_UP_A_MINUTE, this::revoke)
                .summary("Gives up a token, and with it the session it belongs to (RFC 7009).")
                .answers(200)
                .open(HttpMethod.POST, "/introspect", ASKED_A_MINUTE, this::introspect)
                .summary("Tells a known service what a token is good for (RFC 7662).")
                .answers(200);
    }

    /** The same answer whether or not there was something to give up (RFC 7009 section 2.2). */
    private Answer revoke(Exchange exchange) {
        String token = FormBody.read(exchange).required("token");
        Instant now = exchange.facts().receivedAt();
        sessions.ofToken(token, now)
                .or(() -> verified(token).flatMap(access -> session(access.caller(), now)))
                .ifPresent(session -> end(session, exchange));
        return Answer.of(200);
    }

    /** Whoever acts in the place of another does so on a session of their own. */
    private Optional<Session> session(Caller caller, Instant now) {
        return sessions.ofAccount(requireNonNullElse(caller.actorId(), caller.accountId()), now).stream()
                .filter(session -> session.id().equals(caller.sessionId()))
                .findFirst();
    }

    private void end(Session session, Exchange exchange) {
        trail.recording(recorder -> {
            recorder.record(RequestTrail.event(
                    AuditEvents.SIGNED_OUT, session.accountId(), null, session.id(), exchange, Map.of()));
            return sessions.tryEnd(
                    session.accountId(),
                    session.id(),
                    Revocation.Reason.SIGNED_OUT,
                    exchange.facts().receivedAt());
        });
    }

    private Answer introspect(Exchange exchange) {
        List<String> authorization = exchange.headers("Authorization");
        requireClient(authorization.size() == 1 ? authorization.get(0) : null);
        String token = FormBody.read(exchange).required("token");
        Optional<Session> session = sessions.find(token, exchange.facts().receivedAt());
        if (session.isPresent()) {
            return Answer.json(200, JsonBody.write(refreshToken(session.get())));
        }
        Optional<VerifiedToken> access = verified(token)
                .filter(known -> !revocations.contains(known.caller().sessionId()));
        return Answer.json(200, access.isPresent() ? accessToken(token, access.get()) : INACTIVE);
    }

    /** The names of RFC 7662 section 2.2 and of our own access tokens. */
    private static Map<String, Object> refreshToken(Session session) {
        var members = new LinkedHashMap<String, Object>();
        members.put("active", true);
        members.put("sub", session.accountId());
        members.put("sid", session.id());
        members.put("iat", session.refreshedAt().getEpochSecond());
        members.put("exp", session.expiresAt().getEpochSecond());
        if (session.keyThumbprint() != null) {
            members.put("cnf", Map.of("jkt", session.keyThumbprint()));
        }
        return members;
    }

    /** The claims of the token itself, which we have signed, after what they do not say. */
    private static byte[] accessToken(String token, VerifiedToken verified) {
        String payload = token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'));
        String claims = new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8);
        String type = verified.keyThumbprint() == null ? "Bearer" : "DPoP";
        String members = "{\"active\":true,\"token_type\":\"" + type + "\"," + claims.substring(1);
        return members.getBytes(StandardCharsets.UTF_8);
    }

    /** Whatever is wrong with a token, there is no more to say of it; that it can't be checked now is another thing. */
    private Optional<VerifiedToken> verified(String token) {
        try {
            return Optional.of(tokens.inspect(token));
        } catch (ProblemException refused) {
            if (refused.problem().status() == 401) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    private void requireClient(@Nullable String authorization) {
        String[] credentials = credentials(authorization);
        boolean known = false;
        for (TokenClient client : clients) {
            // Each secret is compared, so that the time tells nothing of which services there are.
            boolean hasSecret = client.hasSecret(credentials[1]);
            known |= hasSecret && client.id().equals(credentials[0]);
        }
        if (!known) {
            throw AuthProblems.INVALID_CLIENT
                    .error("header:Authorization", "must be Basic with the id and the secret of a known service")
                    .exception();
        }
    }

    /** Both are form-encoded inside of Basic (RFC 6749 section 2.3.1). */
    private static String[] credentials(@Nullable String authorization) {
        if (authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            try {
                byte[] bytes = Base64.getDecoder()
                        .decode(authorization.substring(SCHEME.length()).strip());
                String text = new String(bytes, StandardCharsets.UTF_8);
                int colon = text.indexOf(':');
                if (colon > 0) {
                    return new String[] {
                        URLDecoder.decode(text.substring(0, colon), StandardCharsets.UTF_8),
                        URLDecoder.decode(text.substring(colon + 1), StandardCharsets.UTF_8)
                    };
                }
            } catch (IllegalArgumentException notEncoded) {
                return new String[] {"", ""};
            }
        }
        return new String[] {"", ""};
    }
}
