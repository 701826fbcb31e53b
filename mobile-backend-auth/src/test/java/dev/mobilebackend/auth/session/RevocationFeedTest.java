// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Authentication;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RevocationFeedTest {

    private static final Duration LIFETIME = Duration.ofMinutes(10);

    private static final int TICKS_A_SECOND = (int) Duration.ofSeconds(1).dividedBy(RevocationFeed.TICK);

    private Instant now = Instant.parse("2026-03-01T08:00:00Z");
    private final InMemorySessionStore store = new InMemorySessionStore(() -> now);
    private final Revocations revocations = new Revocations();
    private final Bell bell = new Bell();
    private final RevocationFeed feed = new RevocationFeed(revocations, store, null, LIFETIME);
    private final RevocationFeed signalled = new RevocationFeed(revocations, store, bell, LIFETIME);

    @Test
    void whatAnotherInstanceRevokedIsKnownAfterTheNextRead() {
        feed.poll();
        revoke("elsewhere");
        assertFalse(revocations.contains("elsewhere"));

        feed.poll();

        assertTrue(revocations.contains("elsewhere"));
    }

    /** Whenever in the feed's rounds it happens; a read of the store takes what it takes besides. */
    @Test
    void withASignalARevocationIsKnownWithinASecond() {
        for (int phase = 0; phase < 2 * 5 * TICKS_A_SECOND; phase++) {
            String session = "told in phase " + phase;
            tick(phase);
            revoke(session);
            bell.rings = true;

            tick(TICKS_A_SECOND);

            assertTrue(revocations.contains(session), session);
        }
    }

    @Test
    void aRevocationOfWhichNoSignalTellsIsKnownWithinFiveSeconds() {
        for (int phase = 0; phase < 2 * 5 * TICKS_A_SECOND; phase++) {
            String session = "silent in phase " + phase;
            tick(phase);
            revoke(session);

            tick(5 * TICKS_A_SECOND);

            assertTrue(revocations.contains(session), session);
        }
    }

    @Test
    void whereNothingTellsOfRevocationsTheyAreKnownWithinASecond() {
        for (int phase = 0; phase < TICKS_A_SECOND; phase++) {
            String session = "unsignalled in phase " + phase;
            tick(feed, phase);
            revoke(session);

            tick(feed, TICKS_A_SECOND);

            assertTrue(revocations.contains(session), session);
        }
    }

    @Test
    void theTimeThatTheRevokingInstanceGoesByDoesNotMatter() {
        feed.poll();
        store.open(session("an hour behind"));
        store.open(session("an hour ahead"));
        store.revoke("an hour behind", signedOut(now.minus(Duration.ofHours(1))));
        store.revoke("an hour ahead", signedOut(now.plus(Duration.ofHours(1))));

        feed.poll();
        feed.poll();

        assertTrue(revocations.contains("an hour behind"));
        assertTrue(revocations.contains("an hour ahead"));
    }

    @Test
    void anInstanceThatStartsKnowsWhatMattersStill() {
        revoke("before");
        now = now.plus(LIFETIME);

        feed.poll();

        assertTrue(revocations.contains("before"));
    }

    @Test
    void aRevocationThatCommitsLateIsStillRead() {
        Instant made = now;
        now = now.plus(Duration.ofMinutes(4));
        feed.poll();
        Instant committed = now;

        now = made;
        revoke("late");
        now = committed;
        feed.poll();

        assertTrue(revocations.contains("late"));
    }

    @Test
    void afterAnOutageEverythingMissedIsRead() {
        feed.poll();
        revoke("missed");

        now = now.plus(Duration.ofMinutes(9));
        feed.poll();

        assertTrue(revocations.contains("missed"));
    }

    @Test
    void aStoreWhoseClockWasSetBackIsReadOn() {
        feed.poll();
        now = now.minus(Duration.ofHours(1));
        feed.poll();
        revoke("after");

        feed.poll();

        assertTrue(revocations.contains("after"));
    }

    /**
     * An instance whose clock is an hour ahead issued it: the others take it later, and it must have ended then too.
     */
    @Test
    void aRevocationIsKnownUntilTheAccessTokensOfAnInstanceAheadHaveExpired() {
        feed.poll();
        revoke("ahead");

        now = now.plus(Duration.ofHours(1)).plus(LIFETIME);
        feed.poll();

        assertTrue(revocations.contains("ahead"));
    }

    @Test
    void aRevocationIsForgottenOnceItsAccessTokensHaveExpired() {
        feed.poll();
        revocations.add("made here");
        revoke("read");
        feed.poll();

        now = now.plus(LIFETIME).plus(Duration.ofHours(2)).plusMillis(1);
        feed.poll();

        assertFalse(revocations.contains("made here"));
        assertFalse(revocations.contains("read"));
    }

    @Test
    void withoutASignalItIsReadTwiceASecond() {
        revoke("elsewhere");

        feed.tick();
        assertFalse(revocations.contains("elsewhere"));
        feed.tick();

        assertTrue(revocations.contains("elsewhere"));
    }

    @Test
    void aSignalIsFollowedByAReadAndNothingElseIsForFourSeconds() {
        signalled.tick();
        revoke("silent");

        tick(15);
        assertFalse(revocations.contains("silent"));
        tick(1);
        assertTrue(revocations.contains("silent"));
        revoke("told");
        bell.rings = true;
        tick(1);

        assertTrue(revocations.contains("told"));
    }

    @Test
    void whatWasRevokedBeforeItListenedIsReadAtOnce() {
        revoke("before");

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
        revoke("meanwhile");

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
        revoke("told");
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
        tick(signalled, times);
    }

    private static void tick(RevocationFeed feed, int times) {
        for (int i = 0; i < times; i++) {
            feed.tick();
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

    private void revoke(String sessionId) {
        store.open(session(sessionId));
        store.revoke(sessionId, signedOut(now));
    }

    private static Revocation signedOut(Instant at) {
        return new Revocation(at, Revocation.Reason.SIGNED_OUT);
    }

    private Session session(String id) {
        return new Session(
                id,
                "ada",
                Device.UNKNOWN,
                null,
                Authentication.UNKNOWN,
                null,
                0,
                ProofTrail.EMPTY,
                now,
                now,
                now,
                now.plus(LIFETIME),
                now.plus(LIFETIME),
                null);
    }
}
