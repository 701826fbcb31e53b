// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import dev.mobilebackend.core.exchange.Authentication;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where sessions live, one record each. Every method is one atomic step. Instants come with microseconds at most.
 * {@code SessionStoreContract} in testkit says what an implementation must do.
 */
public interface SessionStore {

    void open(Session session);

    /**
     * Moves the session to the counter after the rotation's, if nothing newer was given out yet, it is live at that
     * time, a proof comes along where its trail is not empty, and its own key where it has one. A counter above the
     * session's own is accepted: only we sign counters, so the store has lost the newest rotations (a restored backup,
     * a promoted replica), and the trail starts anew.
     *
     * @return the session as it is now, or empty if nothing was changed
     */
    Optional<Session> rotate(Rotation rotation);

    Optional<Session> find(String sessionId);

    /**
     * Puts this in the place of a session's authentication and changes nothing else, if the session is live at this
     * time.
     *
     * @return the session as it is now, or empty if nothing was changed
     */
    Optional<Session> authenticate(String sessionId, Authentication authentication, Instant now);

    /** Ends a session unless that has been done before; says whether this call did. */
    boolean revoke(String sessionId, Revocation revocation);

    /**
     * Ends all of an account's sessions that have not been ended before, but for one.
     *
     * @param keptId the session that goes on; null for none
     * @return the ids of those that this call ended
     */
    List<String> revokeAll(String accountId, @Nullable String keptId, Revocation revocation);

    /**
     * Cuts an account's sessions, which have been ended, off from whose they were, from which device and where: that
     * they ended has to stay, for other instances have yet to hear of it.
     */
    void forget(String accountId);

    /** An account's sessions that are live at this time, the most recently refreshed first, at most 100. */
    List<Session> ofAccount(String accountId, Instant now);

    /** The time by the one clock that all instances share, such as the database's; theirs may disagree. */
    Instant now();

    /** Session ids and times of all revocations that were made at or after this time, by the clock of {@link #now}. */
    Map<String, Instant> revokedSince(Instant time);

    /**
     * Runs something once that which this thread has done here is there for others to see: at once, or when the
     * transaction around it has committed; never if that rolls back.
     */
    default void afterCommit(Runnable action) {
        action.run();
    }

    /** Forgets some of the sessions that expired or were revoked before this time; says how many. */
    int purgeEnded(Instant before, int atMost);
}
