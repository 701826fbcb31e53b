// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.attempt.AttemptDecision.Refused;
import dev.mobilebackend.auth.attempt.LoginGuard;
import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.RefreshDecision;
import dev.mobilebackend.auth.session.RefreshDecision.ProofMissing;
import dev.mobilebackend.auth.session.RefreshDecision.Repeated;
import dev.mobilebackend.auth.session.RefreshDecision.Replayed;
import dev.mobilebackend.auth.session.RefreshDecision.Retry;
import dev.mobilebackend.auth.session.RefreshDecision.Rotated;
import dev.mobilebackend.auth.session.RefreshDecision.Unknown;
import dev.mobilebackend.auth.session.RefreshToken;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.RotationProof;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.auth.token.IssuedToken;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.validate.JsonBody;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The auth endpoints, under whatever path it is mapped to: {@code POST /sign-up}, {@code /verify}, {@code /sign-in},
 * {@code /refresh}, {@code /sign-out}, {@code GET /sessions} and {@code DELETE /sessions/{id}}. Stands behind an edge.
 */
final class AuthServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(AuthServlet.class);
    private static final String SESSIONS = "/sessions/";

    private final transient Accounts accounts;
    private final transient Sessions sessions;
    private final transient AccessTokens tokens;
    private final transient LoginGuard guard;

    AuthServlet(Accounts accounts, Sessions sessions, AccessTokens tokens, LoginGuard guard) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.tokens = tokens;
        this.guard = guard;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        Exchange exchange = Exchange.of(request);
        exchange.send(answer(request, exchange).header("Cache-Control", "no-store"));
    }

    private Answer answer(HttpServletRequest request, Exchange exchange) {
        String path = Objects.requireNonNullElse(request.getPathInfo(), "");
        String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
        return switch (method + " " + path) {
            case "POST /sign-up" -> signUp(JsonBody.read(exchange, Bodies.SignUp.class), exchange);
            case "POST /verify" -> verify(JsonBody.read(exchange, Bodies.Verify.class), exchange);
            case "POST /sign-in" -> signIn(JsonBody.read(exchange, Bodies.SignIn.class), exchange);
            case "POST /refresh" -> refresh(JsonBody.read(exchange, Bodies.Refresh.class), exchange);
            case "POST /sign-out" -> signOut(exchange);
            case "GET /sessions" -> list(exchange);
            default -> {
                if (!method.equals("DELETE") || !path.startsWith(SESSIONS)) {
                    throw Problem.NOT_FOUND.exception();
                }
                yield end(path.substring(SESSIONS.length()), exchange);
            }
        };
    }

    private Answer signUp(Bodies.SignUp body, Exchange exchange) {
        try {
            accounts.signUp(
                    email(body.email()),
                    body.password(),
                    Origin.of(exchange.facts()),
                    exchange.facts().receivedAt());
            return Answer.of(202);
        } finally {
            Arrays.fill(body.password(), '\0');
        }
    }

    private Answer verify(Bodies.Verify body, Exchange exchange) {
        EmailAddress email = email(body.email());
        Account account = guarded(
                        "code " + email,
                        exchange.facts().client(),
                        () -> accounts.verify(
                                email,
                                body.code(),
                                Origin.of(exchange.facts()),
                                exchange.facts().receivedAt()))
                .orElseThrow(() -> AuthProblems.WRONG_CODE
                        .detail("sign up again to be sent another one")
                        .error(
                                "#/code",
                                "is wrong, used, replaced or expired, or was asked for on another device, or, without a"
                                        + " Device-Id, from another network")
                        .exception());
        return open(account, exchange);
    }

    private Answer signIn(Bodies.SignIn body, Exchange exchange) {
        try {
            EmailAddress email = email(body.email());
            Account account = guarded(
                            "password " + email,
                            exchange.facts().client(),
                            () -> accounts.signIn(email, body.password()))
                    .orElseThrow(() -> AuthProblems.WRONG_CREDENTIALS
                            .detail("or the address has not been verified yet: sign up again to be sent a code")
                            .exception());
            return open(account, exchange);
        } finally {
            Arrays.fill(body.password(), '\0');
        }
    }

    private Answer refresh(Bodies.Refresh body, Exchange exchange) {
        Instant now = exchange.facts().receivedAt();
        RotationProof proof = proof(exchange.header(RotationProof.HEADER));
        RefreshDecision decision =
                sessions.refresh(body.refreshToken(), proof, exchange.facts().appVersion(), now);
        if (decision instanceof Rotated rotated) {
            return renewed(rotated.session(), rotated.token(), now);
        } else if (decision instanceof Repeated repeated) {
            if (proof == null) {
                Session session = repeated.session();
                LOG.info(
                        "session {} of account {} repeated a refresh without a proof of who repeats it",
                        session.id(),
                        session.accountId());
            }
            return renewed(repeated.session(), repeated.token(), now);
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
        throw sessionEnded("sign in again");
    }

    private Answer signOut(Exchange exchange) {
        Caller caller = exchange.caller();
        sessions.tryEnd(
                caller.accountId(),
                caller.sessionId(),
                Revocation.Reason.SIGNED_OUT,
                exchange.facts().receivedAt());
        return Answer.of(204);
    }

    private Answer list(Exchange exchange) {
        Caller caller = exchange.caller();
        List<Bodies.SessionItem> items = sessions
                .ofAccount(caller.accountId(), exchange.facts().receivedAt())
                .stream()
                .map(session -> Bodies.SessionItem.of(session, caller.sessionId()))
                .toList();
        return Answer.json(200, JsonBody.write(new Bodies.SessionList(items)));
    }

    private Answer end(String sessionId, Exchange exchange) {
        boolean owned = sessions.tryEnd(
                exchange.caller().accountId(),
                sessionId,
                Revocation.Reason.ENDED_BY_OWNER,
                exchange.facts().receivedAt());
        if (!owned) {
            throw Problem.NOT_FOUND.detail("you have no such session").exception();
        }
        return Answer.of(204);
    }

    /** One try at a password or a code, counted whatever becomes of it. */
    private Optional<Account> guarded(String key, ClientAddress client, Supplier<Optional<Account>> attempt) {
        if (guard.decide(key, client) instanceof Refused refused) {
            throw LoginGuard.TOO_MANY_TRIES.retryAfter(refused.retryAfter()).exception();
        }
        Optional<Account> account;
        try {
            account = attempt.get();
        } catch (RuntimeException unanswered) {
            guard.abandoned(key, client);
            throw unanswered;
        }
        if (account.isPresent()) {
            guard.succeeded(key, client);
        } else {
            guard.failed(key, client);
        }
        return account;
    }

    private Answer open(Account account, Exchange exchange) {
        var device = new Device(
                exchange.facts().deviceId(),
                decoded(exchange.header("Device-Name")),
                exchange.facts().appVersion());
        Instant now = exchange.facts().receivedAt();
        Sessions.Opened opened = sessions.open(account.id(), device, now);
        return tokens(account, opened.session(), opened.token(), now);
    }

    /** The account is read anew, so that an access token says what the account may do now. */
    private Answer renewed(Session session, RefreshToken refreshToken, Instant now) {
        Optional<Account> account = accounts.find(session.accountId());
        if (account.isEmpty()) {
            sessions.tryEnd(session.accountId(), session.id(), Revocation.Reason.ACCOUNT_GONE, now);
            throw sessionEnded("the account does not exist any more");
        }
        return tokens(account.get(), session, refreshToken, now);
    }

    private Answer tokens(Account account, Session session, RefreshToken refreshToken, Instant now) {
        IssuedToken issued = tokens.issue(new Caller(account.id(), session.id(), account.roles()));
        var body = new Bodies.Tokens(
                issued.token(),
                "Bearer",
                issued.lifetime().toSeconds(),
                refreshToken.text(),
                Duration.between(now, session.expiresAt()).toSeconds(),
                session.id());
        return Answer.json(200, JsonBody.write(body));
    }

    private static ProblemException sessionEnded(String detail) {
        return AuthProblems.SESSION_ENDED
                .detail(detail)
                .error("#/refreshToken", "must belong to a session that goes on")
                .exception();
    }

    private static EmailAddress email(String typed) {
        try {
            return EmailAddress.parse(typed);
        } catch (IllegalArgumentException none) {
            throw Problem.INVALID_INPUT
                    .error("#/email", "must be an email address such as ada@example.org, in ASCII")
                    .exception();
        }
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

    /** A field cannot carry the apostrophe of "Ada's phone" as iPhones write it, so it may come percent-encoded. */
    private static @Nullable String decoded(@Nullable String name) {
        try {
            return name == null ? null : URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return name;
        }
    }
}
