// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.Authentication;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Sessions in this process's memory, for tests and prototypes: nothing survives a restart. */
public final class InMemorySessionStore implements SessionStore {

    private final ConcurrentHashMap<String, Session> sessions = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Instant> revokedAt = new ConcurrentHashMap<>();
    private final InstantSource clock;

    public InMemorySessionStore() {
        this(Ambient.clock());
    }

    /** Sessions over the clock that all instances share. */
    public InMemorySessionStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void open(Session session) {
        if (sessions.putIfAbsent(session.id(), session) != null) {
            throw new IllegalStateException("session " + session.id() + " is open already");
        }
    }

    @Override
    public Optional<Session> rotate(Rotation rotation) {
        var rotated = new AtomicBoolean();
        Session after = sessions.computeIfPresent(rotation.sessionId(), (id, session) -> {
            rotated.set(mayRotate(session, rotation));
            return rotated.get() ? rotated(session, rotation) : session;
        });
        return rotated.get() ? Optional.ofNullable(after) : Optional.empty();
    }

    @Override
    public Optional<Session> find(String sessionId) {
        return Optional.ofNullable(sessions.get(sessionId));
    }

    @Override
    public Optional<Session> authenticate(String sessionId, Authentication authentication, Instant now) {
        var live = new AtomicBoolean();
        Session after = sessions.computeIfPresent(sessionId, (id, session) -> {
            live.set(session.isLive(now));
            return live.get() ? with(session, authentication, null) : session;
        });
        return live.get() ? Optional.ofNullable(after) : Optional.empty();
    }

    @Override
    public boolean revoke(String sessionId, Revocation revocation) {
        var revoked = new AtomicBoolean();
        sessions.computeIfPresent(sessionId, (id, session) -> {
            revoked.set(session.revocation() == null);
            revokedAt.putIfAbsent(id, now());
            return revoked.get() ? with(session, session.authentication(), revocation) : session;
        });
        return revoked.get();
    }

    @Override
    public List<String> revokeAll(String accountId, @Nullable String keptId, Revocation revocation) {
        return sessions.values().stream()
                .filter(session ->
                        session.accountId().equals(accountId) && !session.id().equals(keptId))
                .map(Session::id)
                .filter(id -> revoke(id, revocation))
                .toList();
    }

    @Override
    public void forget(String accountId) {
        sessions.replaceAll((id, session) -> session.accountId().equals(accountId) ? session.nobodys() : session);
    }

    @Override
    public List<Session> ofAccount(String accountId, Instant now) {
        return sessions.values().stream()
                .filter(session -> session.accountId().equals(accountId) && session.isLive(now))
                .sorted(Comparator.comparing(Session::refreshedAt).reversed().thenComparing(Session::id))
                .limit(100)
                .toList();
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public Map<String, Instant> revokedSince(Instant time) {
        var found = new HashMap<>(revokedAt);
        found.values().removeIf(at -> at.isBefore(time));
        return found;
    }

    @Override
    public int purgeEnded(Instant before, int atMost) {
        List<Session> ended = sessions.values().stream()
                .filter(session -> endedBefore(session, before))
                .limit(atMost)
                .toList();
        for (Session session : ended) {
            sessions.remove(session.id());
            revokedAt.remove(session.id());
        }
        return ended.size();
    }

    /** Whether a session of this account is on record, live or ended. */
    public boolean knows(String accountId) {
        return sessions.values().stream()
                .anyMatch(session -> session.accountId().equals(accountId));
    }

    private static boolean endedBefore(Session session, Instant time) {
        Revocation revocation = session.revocation();
        return session.expiresAt().isBefore(time)
                || (revocation != null && revocation.at().isBefore(time));
    }

    private static boolean mayRotate(Session session, Rotation rotation) {
        return session.counter() <= rotation.counter()
                && session.isLive(rotation.at())
                && (rotation.proof() != null || session.proofs().isEmpty())
                && (session.keyThumbprint() == null || session.keyThumbprint().equals(rotation.keyThumbprint()));
    }

    private static Session rotated(Session session, Rotation rotation) {
        ProofTrail trail = session.counter() == rotation.counter() ? session.proofs() : ProofTrail.EMPTY;
        Device device = session.device();
        String appVersion = rotation.appVersion() == null ? device.appVersion() : rotation.appVersion();
        return new Session(
                session.id(),
                session.accountId(),
                new Device(device.id(), device.name(), appVersion),
                rotation.place() == null ? session.place() : rotation.place(),
                session.authentication(),
                session.keyThumbprint(),
                rotation.counter() + 1,
                trail.then(rotation.proof()),
                session.createdAt(),
                rotation.at(),
                session.refreshedAt(),
                rotation.idleUntil().isBefore(session.endsAt()) ? rotation.idleUntil() : session.endsAt(),
                session.endsAt(),
                null);
    }

    private static Session with(Session session, Authentication authentication, @Nullable Revocation revocation) {
        return new Session(
                session.id(),
                session.accountId(),
                session.device(),
                session.place(),
                authentication,
                session.keyThumbprint(),
                session.counter(),
                session.proofs(),
                session.createdAt(),
                session.refreshedAt(),
                session.previousRefreshedAt(),
                session.expiresAt(),
                session.endsAt(),
                revocation);
    }
}
