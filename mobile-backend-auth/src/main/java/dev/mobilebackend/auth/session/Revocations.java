// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The revoked sessions whose access tokens have not expired yet, as this instance knows them: what it revoked itself at
 * once, what others revoked as soon as its {@link RevocationFeed} has read it. A look-up costs one hash. Thread safe.
 */
public final class Revocations {

    private final ConcurrentHashMap<String, Instant> revokedAt = new ConcurrentHashMap<>();

    public Revocations() {}

    public boolean contains(String sessionId) {
        return revokedAt.containsKey(sessionId);
    }

    void add(String sessionId, Instant at) {
        revokedAt.putIfAbsent(sessionId, at);
    }

    void addAll(Map<String, Instant> revocations) {
        revocations.forEach(this::add);
    }

    void forgetBefore(Instant time) {
        revokedAt.values().removeIf(at -> at.isBefore(time));
    }
}
