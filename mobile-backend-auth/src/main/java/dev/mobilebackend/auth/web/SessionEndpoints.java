// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.dpop.DpopProofs;
import dev.mobilebackend.auth.session.Presenter;
import dev.mobilebackend.auth.session.RefreshDecision;
import dev.mobilebackend.auth.session.RefreshDecision.ProofMissing;
import dev.mobilebackend.auth.session.RefreshDecision.Repeated;
import dev.mobilebackend.auth.session.RefreshDecision.Replayed;
import dev.mobilebackend.auth.session.RefreshDecision.Retry;
import dev.mobilebackend.auth.session.RefreshDecision.Rotated;
import dev.mobilebackend.auth.session.RefreshDecision.Unknown;
import dev.mobilebackend.auth.session.RefreshDecision.WrongKey;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.RotationProof;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.validate.JsonBody;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refreshing, and seeing and ending the sessions of an account. */
final class SessionEndpoints {

    private static final Logger LOG = LoggerFactory.getLogger(SessionEndpoints.class);

    private final Sessions sessions;
    private final TokenAnswers answers;
    private final RequestTrail trail;

    SessionEndpoints(Sessions sessions, TokenAnswers answers, RequestTrail trail) {
        this.sessions = sessions;
        this.answers = answers;
        this.trail = trail;
    }

    void addTo(Endpoints endpoints) {
        endpoints
                .open(HttpMethod.POST, "/refresh", 600, this::refresh)
                .accepts(AuthRefresh.class)
                .answers(200, AuthTokens.class)
                .signedIn(HttpMethod.POST, "/sign-out", this::signOut)
                .answers(204)
                .signedIn(HttpMethod.POST, "/sign-out/others", this::signOutOthers)
                .answers(204)
                .signedIn(HttpMethod.POST, "/sign-out/all", this::signOutAll)
                .answers(204)
                .signedIn(HttpMethod.GET, "/sessions", this::list)
                .answers(200, AuthSessions.class)
                .signedIn(HttpMethod.DELETE, "/sessions/{id}", this::end)
                .answers(204);
    }

    private Answer refresh(Exchange exchange) {
        AuthRefresh body = JsonBody.read(exchange, AuthRefresh.class);
        Instant now = exchange.facts().receivedAt();
        RotationProof proof = proof(exchange.header(RotationProof.HEADER));
        Presenter presenter = answers.presenter(exchange, proof);
        RefreshDecision decision = sessions.refresh(body.refreshToken(), presenter, now);
        if (decision instanceof Rotated rotated) {
            return answers.renewed(rotated.session(), rotated.token(), exchange);
        } else if (decision instanceof Repeated repeated) {
            if (proof == null && presenter.keyThumbprint() == null) {
                Session session = repeated.session();
                LOG.info(
                        "session {} of account {} repeated a refresh without a proof of who repeats it",
                        session.id(),
                        session.accountId());
                record(AuditEvents.PLAIN_REPEAT, session, exchange);
            }
            return answers.renewed(repeated.session(), repeated.token(), exchange);
        } else if (decision instanceof Retry) {
            throw AuthProblems.REFRESH_RETRY
                    .detail("refresh with the newest token you hold")
                    .retryAfter(Duration.ofSeconds(1))
                    .exception();
        } else if (decision instanceof ProofMissing) {
            throw Problem.MALFORMED_REQUEST
                    .detail("this session has been refreshed with proofs, so each refresh must bring one")
                    .error("header:" + RotationProof.HEADER, "is required")
                    .exception();
        } else if (decision instanceof WrongKey wrong) {
            throw wrongKey(wrong.session(), presenter, exchange);
        } else if (decision instanceof Unknown) {
            throw AuthProblems.INVALID_REFRESH_TOKEN
                    .detail("sign in again")
                    .error("#/refreshToken", "must be a token that this service gave out")
                    .exception();
        } else if (decision instanceof Replayed replayed) {
            Session session = replayed.session();
            LOG.warn(
                    "session {} of account {} was ended: a used refresh token came again from somebody else",
                    session.id(),
                    session.accountId());
        }
        throw TokenAnswers.sessionEnded("sign in again");
    }

    /** Whoever has no proof may be an app with a fault; whoever has another key is not this device. */
    private ProblemException wrongKey(Session session, Presenter presenter, Exchange exchange) {
        if (presenter.keyThumbprint() == null) {
            return AuthProblems.INVALID_DPOP_PROOF
                    .detail("this session belongs to a key, so each refresh must bring a proof by it")
                    .error("header:" + DpopProofs.HEADER, "is required")
                    .exception();
        }
        LOG.warn(
                "a refresh token of session {} of account {} came with another key than the session's",
                session.id(),
                session.accountId());
        record(AuditEvents.WRONG_KEY, session, exchange);
        return AuthProblems.INVALID_REFRESH_TOKEN
                .detail("sign in again")
                .error("#/refreshToken", "must be of a session of the key that the request proves")
                .exception();
    }

    /** What somebody did who may or may not be the owner of the session. */
    private void record(String type, Session session, Exchange exchange) {
        trail.record(RequestTrail.event(type, session.accountId(), null, session.id(), exchange, Map.of()));
    }

    private Answer signOut(Exchange exchange) {
        Caller caller = exchange.caller();
        return trail.recording(recorder -> {
            sessions.tryEnd(
                    caller.accountId(),
                    caller.sessionId(),
                    Revocation.Reason.SIGNED_OUT,
                    exchange.facts().receivedAt());
            recorder.record(RequestTrail.event(AuditEvents.SIGNED_OUT, exchange, Map.of()));
            return Answer.of(204);
        });
    }

    private Answer signOutOthers(Exchange exchange) {
        Caller caller = exchange.caller();
        return ending(
                exchange,
                now -> sessions.endOthers(
                        caller.accountId(), caller.sessionId(), Revocation.Reason.ENDED_BY_OWNER, now));
    }

    private Answer signOutAll(Exchange exchange) {
        return ending(
                exchange, now -> sessions.endAll(exchange.caller().accountId(), Revocation.Reason.ENDED_BY_OWNER, now));
    }

    private Answer ending(Exchange exchange, Function<Instant, List<String>> step) {
        return trail.recording(recorder -> {
            for (String ended : step.apply(exchange.facts().receivedAt())) {
                recorder.record(RequestTrail.event(AuditEvents.SESSION_ENDED, exchange, Map.of("ended", ended)));
            }
            return Answer.of(204);
        });
    }

    private Answer list(Exchange exchange) {
        Caller caller = exchange.caller();
        List<AuthSessions.Item> items = sessions
                .ofAccount(caller.accountId(), exchange.facts().receivedAt())
                .stream()
                .map(session -> AuthSessions.Item.of(session, caller.sessionId()))
                .toList();
        return Answer.json(200, JsonBody.write(new AuthSessions(items)));
    }

    private Answer end(Exchange exchange) {
        String id = exchange.pathParameter("id");
        return trail.recording(recorder -> {
            boolean owned = sessions.tryEnd(
                    exchange.caller().accountId(),
                    id,
                    Revocation.Reason.ENDED_BY_OWNER,
                    exchange.facts().receivedAt());
            if (!owned) {
                throw Problem.NOT_FOUND.detail("you have no such session").exception();
            }
            recorder.record(RequestTrail.event(AuditEvents.SESSION_ENDED, exchange, Map.of("ended", id)));
            return Answer.of(204);
        });
    }

    private static @Nullable RotationProof proof(@Nullable String header) {
        if (header == null) {
            return null;
        }
        try {
            return RotationProof.parse(header);
        } catch (IllegalArgumentException malformed) {
            throw Problem.MALFORMED_REQUEST
                    .error(
                            "header:" + RotationProof.HEADER,
                            "must be 32 bytes in base64url without padding: 43 characters")
                    .exception();
        }
    }
}
