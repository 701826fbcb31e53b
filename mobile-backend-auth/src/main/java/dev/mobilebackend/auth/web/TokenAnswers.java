// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.Place;
import dev.mobilebackend.auth.session.PlaceLookup;
import dev.mobilebackend.auth.session.Presenter;
import dev.mobilebackend.auth.session.RefreshToken;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.RotationProof;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.validate.JsonBody;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers that carry an access token and a refresh token. */
final class TokenAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(TokenAnswers.class);

    private final Accounts accounts;
    private final Sessions sessions;
    private final Grants grants;
    private final DpopGate gate;
    private final PlaceLookup places;
    private final DeviceTrail devices;
    private final RequestTrail trail;

    TokenAnswers(
            Accounts accounts,
            Sessions sessions,
            Grants grants,
            DpopGate gate,
            PlaceLookup places,
            DeviceTrail devices,
            RequestTrail trail) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.grants = grants;
        this.gate = gate;
        this.places = places;
        this.devices = devices;
        this.trail = trail;
    }

    /**
     * A new session for somebody who has just shown who they are, and whose credentials are still those.
     *
     * @param account as it was when they did
     * @param methods how, by RFC 8176 section 2
     */
    Answer opened(Account account, Set<String> methods, Exchange exchange) {
        var device = new Device(
                exchange.facts().deviceId(),
                decoded(exchange.header("Device-Name")),
                exchange.facts().appVersion());
        Instant now = exchange.facts().receivedAt();
        String key = gate.key(exchange);
        Place place = place(exchange);
        Opening opening = trail.recording(recorder -> {
            Account unchanged = accounts.lock(account).orElseThrow(AuthProblems::changedMeanwhile);
            Sessions.Opened session = sessions.open(account.id(), device, methods, key, text(place), now);
            recorder.record(RequestTrail.event(
                    AuditEvents.SIGNED_IN,
                    account.id(),
                    account.id(),
                    session.session().id(),
                    exchange,
                    Map.of("methods", String.join(" ", new TreeSet<>(methods)))));
            devices.opened(unchanged, session.session(), place, exchange, recorder);
            // Within the step: where the scopes can't be told, no session is left that nobody holds.
            return new Opening(grants.owner(unchanged, session.session()), session);
        });
        return tokens(opening.owner, opening.opened.session(), opening.opened.token(), now);
    }

    /** A session, and its owner as the account was when that was opened: a role may have gone since it was read. */
    private record Opening(Caller owner, Sessions.Opened opened) {}

    /** The account is read anew, so that an access token says what the account may do now. */
    Answer renewed(Session session, RefreshToken refreshToken, Exchange exchange) {
        Instant now = exchange.facts().receivedAt();
        Optional<Account> account = accounts.find(session.accountId());
        if (account.isEmpty()) {
            trail.recording(recorder -> {
                recorder.record(RequestTrail.event(
                        AuditEvents.SESSION_ENDED,
                        session.accountId(),
                        null,
                        session.id(),
                        exchange,
                        Map.of("ended", session.id(), "because", "account gone")));
                return sessions.tryEnd(session.accountId(), session.id(), Revocation.Reason.ACCOUNT_GONE, now);
            });
            throw sessionEnded("the account does not exist any more");
        }
        return tokens(grants.owner(account.get(), session), session, refreshToken, now);
    }

    /** Who sends this request to refresh a session. */
    Presenter presenter(Exchange exchange, @Nullable RotationProof proof) {
        return new Presenter(proof, gate.key(exchange), exchange.facts().appVersion(), text(place(exchange)));
    }

    /** Places are for people to read and for signals: somebody signs in without one too. */
    private @Nullable Place place(Exchange exchange) {
        try {
            return places.find(exchange.facts().client());
        } catch (RuntimeException failed) {
            LOG.warn("the look-up of places failed; this request goes on without one", failed);
            return null;
        }
    }

    private static @Nullable String text(@Nullable Place place) {
        return place == null ? null : place.text();
    }

    static ProblemException sessionEnded(String detail) {
        return AuthProblems.SESSION_ENDED
                .detail(detail)
                .error("#/refreshToken", "must belong to a session that goes on")
                .exception();
    }

    private Answer tokens(Caller owner, Session session, RefreshToken refreshToken, Instant now) {
        AuthAccess access = grants.toOwner(owner, session);
        var body = new AuthTokens(
                access.accessToken(),
                access.tokenType(),
                access.expiresIn(),
                refreshToken.text(),
                Duration.between(now, session.expiresAt()).toSeconds(),
                session.id());
        return Answer.json(200, JsonBody.write(body));
    }

    /** A field cannot carry the apostrophe of "Ada's phone" as iPhones write it, so it may come percent-encoded. */
    private static @Nullable String decoded(@Nullable String name) {
        try {
            return name == null ? null : URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return name;
        }
    }
}
