// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Authentication;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RevocationFeedTest {

    private static final Duration LIFETIME = Duration.ofMinutes(10);

    private final InMemorySessionStore store = new InMemorySessionStore();
    private final Revocations revocations = new Revocations();
    private Instant now = Instant.parse("2026-03-01T08:00:00Z");
    private final RevocationFeed feed = new RevocationFeed(revocations, store, LIFETIME, () -> now);

    @Test
    void whatAnotherInstanceRevokedIsKnownAfterTheNextRead() {
        feed.poll();
        revoke("elsewhere", now.plusMillis(100));
        assertFalse(revocations.contains("elsewhere"));

        now = now.plusMillis(500);
        feed.poll();

        assertTrue(revocations.contains("elsewhere"));
    }

    @Test
    void anInstanceThatStartsKnowsWhatMattersStill() {
        revoke("before", now.minus(LIFETIME));

        feed.poll();

        assertTrue(revocations.contains("before"));
    }

    @Test
    void aRevocationThatCommitsLateIsStillRead() {
        feed.poll();
        Instant requestCameIn = now.minusSeconds(30);
        now = now.plusMillis(500);
        feed.poll();

        revoke("late", requestCameIn);
        now = now.plusMillis(500);
        feed.poll();

        assertTrue(revocations.contains("late"));
    }

    @Test
    void afterAnOutageEverythingMissedIsRead() {
        feed.poll();
        revoke("missed", now.plusSeconds(1));

        now = now.plus(Duration.ofMinutes(9));
        feed.poll();

        assertTrue(revocations.contains("missed"));
    }

    @Test
    void aRevocationIsForgottenOnceItsAccessTokensHaveExpired() {
        revocations.add("old", now);
        now = now.plus(LIFETIME);
        feed.poll();
        assertTrue(revocations.contains("old"));

        now = now.plus(Duration.ofMinutes(1)).plusMillis(1);
        feed.poll();

        assertFalse(revocations.contains("old"));
    }

    @Test
    void theFirstTimeStands() {
        revocations.add("session", now);

        revocations.addAll(Map.of("session", now.plus(LIFETIME)));
        revocations.forgetBefore(now.plusMillis(1));

        assertFalse(revocations.contains("session"));
    }

    private void revoke(String sessionId, Instant at) {
        store.open(new Session(
                sessionId,
                "ada",
                Device.UNKNOWN,
                Authentication.UNKNOWN,
                0,
                ProofTrail.EMPTY,
                at,
                at,
                at,
                at.plus(LIFETIME),
                at.plus(LIFETIME),
                null));
        store.revoke(sessionId, new Revocation(at, Revocation.Reason.SIGNED_OUT));
    }
}
