// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The revoked sessions whose access tokens may not have expired yet, as this instance knows them: what it revoked
 * itself at once, what others revoked as soon as its {@link RevocationFeed} has read it. A look-up costs one hash.
 * Thread safe.
 */
public final class Revocations {

    private final ConcurrentHashMap<String, Instant> revokedAt = new ConcurrentHashMap<>();
    private volatile Instant readAt = Instant.MAX;

    public Revocations() {}

    public boolean contains(String sessionId) {
        return revokedAt.containsKey(sessionId);
    }

    void add(String sessionId) {
        revokedAt.putIfAbsent(sessionId, readAt);
    }

    /**
     * Takes over what a store tells, and forgets what is older; all times are the store's own
     * ({@link SessionStore#now}).
     *
     * @param now when it was asked
     */
    void read(Map<String, Instant> told, Instant now, Instant oldest) {
        revokedAt.putAll(told);
        readAt = now;
        revokedAt.values().removeIf(at -> at.isBefore(oldest));
    }
}
