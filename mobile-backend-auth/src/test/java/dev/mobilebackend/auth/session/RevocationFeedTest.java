// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
    private final Bell bell = new Bell();
    private final RevocationFeed feed = new RevocationFeed(revocations, store, null, LIFETIME, () -> now);
    private final RevocationFeed signalled = new RevocationFeed(revocations, store, bell, LIFETIME, () -> now);

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

    @Test
    void withoutASignalItIsReadTwiceASecond() {
        revoke("elsewhere", now);

        feed.tick();
        assertFalse(revocations.contains("elsewhere"));
        feed.tick();

        assertTrue(revocations.contains("elsewhere"));
    }

    @Test
    void aSignalIsFollowedByAReadAndNothingElseIsForFourSeconds() {
        signalled.tick();
        revoke("silent", now);

        tick(15);
        assertFalse(revocations.contains("silent"));
        tick(1);
        assertTrue(revocations.contains("silent"));
        revoke("told", now);
        bell.rings = true;
        tick(1);

        assertTrue(revocations.contains("told"));
    }

    @Test
    void whatWasRevokedBeforeItListenedIsReadAtOnce() {
        revoke("before", now);

        signalled.tick();

        assertTrue(bell.listens);
        assertTrue(revocations.contains("before"));
    }

    @Test
    void aSignalThatBreaksIsReplacedByReadingTwiceASecond() {
        signalled.tick();
        bell.listens = false;
        bell.silenced = true;
        tick(1);
        revoke("meanwhile", now);

        tick(2);

        assertTrue(revocations.contains("meanwhile"));
    }

    @Test
    void listeningIsTriedAgainLessAndLessOften() {
        bell.silenced = true;
        tick(4 * 60 * 10);
        int tries = bell.tries;
        bell.silenced = false;

        tick(128);
        revoke("told", now);
        bell.rings = true;
        tick(1);

        assertTrue(tries > 10 && tries < 40, () -> "tried " + tries + " times in ten minutes");
        assertTrue(bell.listens);
        assertTrue(revocations.contains("told"));
    }

    @Test
    void aConnectionThatDiedUnnoticedIsFoundOutByTheSlowRead() {
        signalled.tick();
        int tries = bell.tries;

        tick(16);

        assertEquals(tries + 1, bell.tries);
    }

    @Test
    void closingStopsToListen() {
        signalled.tick();

        signalled.close();

        assertFalse(bell.listens);
    }

    private void tick(int times) {
        for (int i = 0; i < times; i++) {
            signalled.tick();
        }
    }

    /** A signal that a test rings. */
    private static final class Bell implements RevocationSignal {

        private boolean silenced;
        private boolean listens;
        private boolean rings;
        private int tries;

        @Override
        public void listen() {
            tries++;
            if (silenced) {
                throw new IllegalStateException("nobody answers");
            }
            listens = true;
        }

        @Override
        public boolean isRaised() {
            if (!listens) {
                throw new IllegalStateException("nobody listens");
            }
            boolean rang = rings;
            rings = false;
            return rang;
        }

        @Override
        public void close() {
            listens = false;
        }
    }

    private void revoke(String sessionId, Instant at) {
        store.open(new Session(
                sessionId,
                "ada",
                Device.UNKNOWN,
                null,
                Authentication.UNKNOWN,
                null,
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
