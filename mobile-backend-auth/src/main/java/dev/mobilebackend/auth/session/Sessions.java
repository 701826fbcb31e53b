// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of signing in on a device, refreshing and ending it. Thread safe; has no clock and no state of its own.
 *
 * <p>A refresh may be asked any number of times. The session counts; token n+1 is a function of the session and n+1, so
 * whoever may have it gets the same bytes each time, and a lost answer costs nothing. What is presented decides:
 *
 * <ol>
 *   <li>the newest token moves the counter, in one conditional update;
 *   <li>one behind, with the proof it was used with: the same successor, without time limit, until that one is used;
 *   <li>one behind, without a proof now as in all of the session: the same, but only for the policy's
 *       {@code plainRetry};
 *   <li>older, with the proof it was used with: a late duplicate, answered with {@link RefreshDecision.Retry};
 *   <li>anything else is a copied token. For the policy's {@code straggler} time after its own use it may still be an
 *       honest race and gets no tokens, if it is one behind, or two in a session without proofs; otherwise this one
 *       session is revoked.
 * </ol>
 *
 * A session of a device that brought a key of its own is refreshed with a proof by that key and not otherwise.
 *
 * <p>Of the thief and the owner of a copied token, the second to use it is found out by rule 5, whichever of them it
 * is; without proofs only once rule 3 lets it. RFC 9700 section 4.14.2 asks for this detection; the rules are searched
 * exhaustively in the tests.
 */
public final class Sessions {

    /** Long enough to look into a theft, and longer than any access token lives. */
    private static final Duration KEPT_AFTER_THE_END = Duration.ofDays(7);

    private final SessionPolicy policy;
    private final SessionStore store;
    private final Revocations revocations;
    private final RefreshTokens tokens;
    private final SecureRandom random;

    public Sessions(
            SessionPolicy policy,
            SessionStore store,
            Revocations revocations,
            ServerSecret secret,
            SecureRandom random) {
        this.policy = policy;
        this.store = store;
        this.revocations = revocations;
        this.tokens = new RefreshTokens(secret);
        this.random = random;
    }

    /** A new session and its first refresh token. */
    public record Opened(Session session, RefreshToken token) {}

    /**
     * Signs a device in; whether the account may has been decided before.
     *
     * @param methods how the person at the device showed who they are, such as {@code pwd} (RFC 8176 section 2)
     */
    public Opened open(String accountId, Device device, Set<String> methods, Instant now) {
        return open(accountId, device, methods, null, null, now);
    }

    /**
     * Signs a device in, at a place and with a key of its own.
     *
     * @param keyThumbprint the key that it has proved to hold (RFC 9449), which it then has to prove with each request;
     *     null for a device without one
     * @param place where that was, for the owner's list
     */
    public Opened open(
            String accountId,
            Device device,
            Set<String> methods,
            @Nullable String keyThumbprint,
            @Nullable String place,
            Instant now) {
        Instant at = now.truncatedTo(ChronoUnit.MICROS);
        byte[] id = new byte[16];
        random.nextBytes(id);
        var session = new Session(
                RefreshTokens.sessionId(id),
                accountId,
                device,
                place,
                new Authentication(at, methods),
                keyThumbprint,
                0,
                ProofTrail.EMPTY,
                at,
                at,
                at,
                at.plus(policy.idle()),
                at.plus(policy.absolute()),
                null);
        store.open(session);
        return new Opened(session, tokens.mint(session.id(), session.counter()));
    }

    /**
     * Answers one use of a refresh token.
     *
     * @param presented the token's text as it came
     * @param presenter whose request it came with
     */
    public RefreshDecision refresh(String presented, Presenter presenter, Instant now) {
        Optional<RefreshToken> genuine = tokens.verify(presented);
        if (genuine.isEmpty()) {
            return new RefreshDecision.Unknown();
        }
        RefreshToken token = genuine.get();
        Instant at = now.truncatedTo(ChronoUnit.MICROS);
        RotationProof proof = proof(token, presenter);
        var rotation = new Rotation(
                token.sessionId(),
                token.counter(),
                proof,
                presenter.keyThumbprint(),
                presenter.appVersion(),
                presenter.place(),
                at,
                at.plus(policy.idle()));
        Optional<Session> rotated = store.rotate(rotation);
        if (rotated.isPresent()) {
            return new RefreshDecision.Rotated(rotated.get(), newest(rotated.get()));
        }
        Optional<Session> found = store.find(token.sessionId());
        return found.isPresent()
                ? unrotated(found.get(), token.counter(), proof, presenter.keyThumbprint(), at)
                : new RefreshDecision.Ended(token.sessionId());
    }

    /**
     * Keeps that the person at the device has shown once more who they are; whether they have was decided before.
     *
     * @param methods how, in the place of how it was shown before
     * @return the session as it is now, or empty if it has ended
     */
    public Optional<Session> stepUp(String sessionId, Set<String> methods, Instant now) {
        return store.authenticate(sessionId, new Authentication(now, methods), now.truncatedTo(ChronoUnit.MICROS));
    }

    /** The session of this account, if it is live. */
    public Optional<Session> live(String accountId, String sessionId, Instant now) {
        return store.find(sessionId).filter(session -> session.accountId().equals(accountId) && session.isLive(now));
    }

    /** An account's live sessions, the most recently refreshed first. */
    public List<Session> ofAccount(String accountId, Instant now) {
        return store.ofAccount(accountId, now);
    }

    /**
     * Ends a session of this account; doing it again changes nothing.
     *
     * @return whether the account has or had such a session
     */
    public boolean tryEnd(String accountId, String sessionId, Revocation.Reason reason, Instant now) {
        boolean owned = store.find(sessionId)
                .filter(session -> session.accountId().equals(accountId))
                .isPresent();
        if (owned) {
            revoke(sessionId, reason, now.truncatedTo(ChronoUnit.MICROS));
        }
        return owned;
    }

    /**
     * Ends all sessions of an account but one, as after a change of password on that device.
     *
     * @return the ids of those that this call ended
     */
    public List<String> endOthers(String accountId, String keptId, Revocation.Reason reason, Instant now) {
        return endAll(accountId, keptId, reason, now);
    }

    /** Ends all sessions of an account; returns the ids of those that this call ended. */
    public List<String> endAll(String accountId, Revocation.Reason reason, Instant now) {
        return endAll(accountId, null, reason, now);
    }

    /** Ends all sessions of an account that is gone, and keeps no more of them than that they ended. */
    public void forgetAll(String accountId, Instant now) {
        endAll(accountId, Revocation.Reason.ACCOUNT_GONE, now);
        store.forget(accountId);
    }

    /** The live session of which this is the newest refresh token; does nothing to it. */
    public Optional<Session> find(String refreshToken, Instant now) {
        Optional<RefreshToken> genuine = tokens.verify(refreshToken);
        return genuine.flatMap(token -> store.find(token.sessionId()))
                .filter(session -> session.isLive(now)
                        && session.counter() <= genuine.get().counter());
    }

    /**
     * The session of a refresh token, used or not, that has not ended: an app that has lost an answer signs out with
     * the token it holds.
     */
    public Optional<Session> ofToken(String refreshToken, Instant now) {
        return tokens.verify(refreshToken)
                .flatMap(token -> store.find(token.sessionId()))
                .filter(session -> session.isLive(now));
    }

    /** Forgets some of the sessions that ended a week ago or earlier; says how many. */
    public int purgeEnded(Instant now, int atMost) {
        return store.purgeEnded(now.minus(KEPT_AFTER_THE_END), atMost);
    }

    /**
     * A proof by the device's key counts as one by its app: it is as hard to make, and the same for each repetition.
     */
    private static @Nullable RotationProof proof(RefreshToken token, Presenter presenter) {
        String key = presenter.keyThumbprint();
        return presenter.proof() == null && key != null ? RotationProof.byKey(key, token.text()) : presenter.proof();
    }

    private List<String> endAll(String accountId, @Nullable String keptId, Revocation.Reason reason, Instant now) {
        Instant at = now.truncatedTo(ChronoUnit.MICROS);
        List<String> ended = store.revokeAll(accountId, keptId, new Revocation(at, reason));
        store.afterCommit(() -> ended.forEach(revocations::add));
        return ended;
    }

    private RefreshDecision unrotated(
            Session session, int counter, @Nullable RotationProof proof, @Nullable String key, Instant now) {
        if (!session.isLive(now)) {
            return new RefreshDecision.Ended(session.id());
        }
        if (session.keyThumbprint() != null && !session.keyThumbprint().equals(key)) {
            return new RefreshDecision.WrongKey(session);
        }
        boolean proven = !session.proofs().isEmpty();
        int behind = session.counter() - counter;
        if (behind <= 0) {
            return proven && proof == null ? new RefreshDecision.ProofMissing() : new RefreshDecision.Retry();
        }
        if (session.proofs().holds(behind, proof)) {
            return behind == 1 ? new RefreshDecision.Repeated(session, newest(session)) : new RefreshDecision.Retry();
        }
        // Negative where clocks disagree; that is never held against the client.
        Duration sinceUse = Duration.between(session.refreshedAt(), now);
        if (behind == 1 && !proven && proof == null && sinceUse.compareTo(policy.plainRetry()) <= 0) {
            return new RefreshDecision.Repeated(session, newest(session));
        }
        if (behind == 1 && sinceUse.compareTo(policy.straggler()) <= 0) {
            return new RefreshDecision.Retry();
        }
        // By its own use, not by the newest: or a thief who refreshes faster than stragglers are forgiven would hide.
        // It was not used after the newest either, whatever a clock said that has been set back since.
        Duration sinceUseBefore = max(Duration.between(session.previousRefreshedAt(), now), sinceUse);
        if (behind == 2 && !proven && sinceUseBefore.compareTo(policy.straggler()) <= 0) {
            return new RefreshDecision.Retry();
        }
        revoke(session.id(), Revocation.Reason.REPLAYED, now);
        return new RefreshDecision.Replayed(session);
    }

    private void revoke(String sessionId, Revocation.Reason reason, Instant at) {
        store.revoke(sessionId, new Revocation(at, reason));
        store.afterCommit(() -> revocations.add(sessionId));
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private RefreshToken newest(Session session) {
        return tokens.mint(session.id(), session.counter());
    }
}
