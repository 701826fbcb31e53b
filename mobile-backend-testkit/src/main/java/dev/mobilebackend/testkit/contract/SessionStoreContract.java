// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.ProofTrail;
import dev.mobilebackend.auth.session.Revocation;
import dev.mobilebackend.auth.session.Rotation;
import dev.mobilebackend.auth.session.RotationProof;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.session.SessionStore;
import dev.mobilebackend.core.exchange.Authentication;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link SessionStore} must do. */
public abstract class SessionStoreContract {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123456Z");
    private static final Duration IDLE = Duration.ofDays(30);
    private static final Revocation SIGNED_OUT = new Revocation(START.plusSeconds(5), Revocation.Reason.SIGNED_OUT);

    private static final int RACES = 24;

    private static final AtomicLong COUNT = new AtomicLong();

    private String account;

    protected SessionStoreContract() {}

    /** The store to test; sessions of other tests may be in it. */
    protected abstract SessionStore store();

    @BeforeEach
    void anotherAccount() {
        account = unique();
    }

    @Test
    void findsWhatWasOpened() {
        Session session = open();

        assertEquals(Optional.of(session), store().find(session.id()));
        assertEquals(Optional.empty(), store().find(unique()));
    }

    @Test
    void keepsASessionOfADeviceThatSaysNothing() {
        Session session = session(Device.UNKNOWN);

        store().open(session);

        assertEquals(Optional.of(session), store().find(session.id()));
    }

    @Test
    void opensAnIdOnce() {
        Session session = open();

        assertThrows(RuntimeException.class, () -> store().open(session));
    }

    @Test
    void aRotationMovesTheCounterAndTheExpiry() {
        Session before = open();
        Instant at = START.plusSeconds(60);

        Session after = store().rotate(rotation(before, 0, proof(1), at)).orElseThrow();

        assertEquals(
                new Session(
                        before.id(),
                        before.accountId(),
                        before.device(),
                        before.place(),
                        before.authentication(),
                        before.keyThumbprint(),
                        1,
                        ProofTrail.EMPTY.then(proof(1)),
                        START,
                        at,
                        START,
                        at.plus(IDLE),
                        before.endsAt(),
                        null),
                after);
        assertEquals(Optional.of(after), store().find(before.id()));
    }

    @Test
    void aRotationKeepsTheTimeOfTheOneBeforeAndNothingElseMovesIt() {
        Session session = open();
        store().rotate(rotation(session, 0, null, START.plusSeconds(3)));
        store().rotate(rotation(session, 1, null, START.plusSeconds(7)));
        store().rotate(rotation(session, 1, null, START.plusSeconds(9)));
        store().revoke(session.id(), SIGNED_OUT);

        Session rotated = store().find(session.id()).orElseThrow();

        assertEquals(START.plusSeconds(7), rotated.refreshedAt());
        assertEquals(START.plusSeconds(3), rotated.previousRefreshedAt());
    }

    @Test
    void aUsedCounterChangesNothing() {
        Session session = open();
        Session after = store().rotate(rotation(session, 0, proof(1), START)).orElseThrow();

        assertEquals(Optional.empty(), store().rotate(rotation(session, 0, proof(2), START.plusSeconds(1))));

        assertEquals(Optional.of(after), store().find(session.id()));
    }

    @Test
    void anUnknownSessionIsNotRotated() {
        Session never = session(Device.UNKNOWN);

        assertEquals(Optional.empty(), store().rotate(rotation(never, 0, null, START)));
    }

    @Test
    void ofManyRotationsAtOnceOneSucceeds() {
        Session session = open();

        List<Optional<Session>> answers =
                Race.of(8, () -> store().rotate(rotation(session, 0, proof(1), START.plusSeconds(1))));

        assertEquals(1, answers.stream().filter(Optional::isPresent).count());
        assertEquals(1, store().find(session.id()).orElseThrow().counter());
        assertEquals(1, store().ofAccount(account, START).size());
    }

    @Test
    void howeverASignOutMeetsRefreshesItStandsAndNothingIsRefreshedAfterIt() {
        for (int race = 0; race < RACES; race++) {
            Session session = open();
            int before = race % 6;
            boolean all = race % 2 == 0;
            var counter = new AtomicInteger();
            var runners = new AtomicInteger();

            List<Boolean> done = Race.of(4, () -> {
                if (runners.getAndIncrement() > 0) {
                    return refreshesUntilItEnds(session, counter);
                }
                while (counter.get() < before) {
                    Thread.onSpinWait();
                }
                return all
                        ? store().revokeAll(account, null, SIGNED_OUT).equals(List.of(session.id()))
                        : store().revoke(session.id(), SIGNED_OUT);
            });

            Session ended = store().find(session.id()).orElseThrow();
            assertEquals(List.of(true, true, true, true), done);
            assertEquals(SIGNED_OUT, ended.revocation());
            assertEquals(counter.get(), ended.counter());
            for (int token = 0; token <= ended.counter() + 1; token++) {
                assertEquals(Optional.empty(), store().rotate(rotation(session, token, proof(1), START)));
            }
            assertEquals(Optional.of(ended), store().find(session.id()));
        }
    }

    /** Whether the session was ended before it had been refreshed more often than any race takes. */
    private boolean refreshesUntilItEnds(Session session, AtomicInteger newest) {
        while (newest.get() < 1_000_000) {
            int counter = newest.get();
            Optional<Session> rotated = store().rotate(rotation(session, counter, proof(1), START));
            rotated.ifPresent(refreshed -> newest.accumulateAndGet(refreshed.counter(), Math::max));
            if (rotated.isEmpty() && store().find(session.id()).orElseThrow().revocation() != null) {
                return true;
            }
        }
        return false;
    }

    @Test
    void theTrailKeepsTheNewestProofs() {
        Session session = open();
        ProofTrail expected = ProofTrail.EMPTY;
        for (int i = 0; i < 6; i++) {
            Session rotated =
                    store().rotate(rotation(session, i, proof(i), START)).orElseThrow();

            expected = expected.then(proof(i));
            assertEquals(expected, rotated.proofs());
        }
    }

    @Test
    void aTrailIsNotContinuedWithoutAProof() {
        Session session = open();
        store().rotate(rotation(session, 0, proof(1), START));

        assertEquals(Optional.empty(), store().rotate(rotation(session, 1, null, START)));
        assertTrue(store().rotate(rotation(session, 1, proof(2), START)).isPresent());
    }

    @Test
    void aSessionWithoutProofsHasNoTrail() {
        Session session = open();
        store().rotate(rotation(session, 0, null, START));

        Session rotated = store().rotate(rotation(session, 1, null, START)).orElseThrow();

        assertTrue(rotated.proofs().isEmpty());
    }

    @Test
    void aCounterFromTheFutureIsFollowedWithANewTrail() {
        Session session = open();
        store().rotate(rotation(session, 0, proof(1), START));

        Session rotated = store().rotate(rotation(session, 7, proof(2), START)).orElseThrow();

        assertEquals(8, rotated.counter());
        assertEquals(ProofTrail.EMPTY.then(proof(2)), rotated.proofs());
    }

    @Test
    void anExpiredSessionIsNotRotated() {
        Session session = open();

        assertEquals(Optional.empty(), store().rotate(rotation(session, 0, null, session.expiresAt())));
        assertTrue(store().rotate(rotation(session, 0, null, session.expiresAt().minusNanos(1000)))
                .isPresent());
    }

    @Test
    void noRotationMovesTheEnd() {
        Session session = open();
        Instant late = session.expiresAt().minusSeconds(1);
        store().rotate(rotation(session, 0, null, late));
        store().rotate(rotation(session, 1, null, late.plus(IDLE).minusSeconds(1)));

        Session rotated = store().find(session.id()).orElseThrow();

        assertEquals(2, rotated.counter());
        assertEquals(session.endsAt(), rotated.endsAt());
        assertEquals(session.endsAt(), rotated.expiresAt());
    }

    @Test
    void theAppVersionAndThePlaceAreReplacedByNewOnesOnly() {
        Session session = open();
        var updated = new Rotation(session.id(), 0, null, null, "2.0", "Bern, CH", START, START.plus(IDLE));

        store().rotate(updated);
        Session rotated = store().rotate(rotation(session, 1, null, START)).orElseThrow();

        assertEquals(new Device("device", "Ada's phone \ud83d\udcf1", "2.0"), rotated.device());
        assertEquals("Bern, CH", rotated.place());
    }

    @Test
    void anAuthenticationIsReplacedAndNothingElse() {
        Session opened = open();
        Session before = store().rotate(rotation(opened, 0, proof(1), START.plusSeconds(3)))
                .orElseThrow();
        var shown = new Authentication(START.plusSeconds(60), Set.of("sms"));

        Session after =
                store().authenticate(before.id(), shown, START.plusSeconds(60)).orElseThrow();

        assertEquals(
                new Session(
                        before.id(),
                        before.accountId(),
                        before.device(),
                        before.place(),
                        shown,
                        before.keyThumbprint(),
                        before.counter(),
                        before.proofs(),
                        before.createdAt(),
                        before.refreshedAt(),
                        before.previousRefreshedAt(),
                        before.expiresAt(),
                        before.endsAt(),
                        null),
                after);
        assertEquals(Optional.of(after), store().find(before.id()));
    }

    @Test
    void aRotationKeepsTheAuthenticationThatWasReplaced() {
        Session session = open();
        var shown = new Authentication(START.plusSeconds(60), Set.of());
        store().authenticate(session.id(), shown, START.plusSeconds(60));

        Session rotated = store().rotate(rotation(session, 0, null, START.plusSeconds(90)))
                .orElseThrow();

        assertEquals(shown, rotated.authentication());
    }

    @Test
    void onlyALiveSessionsAuthenticationIsReplaced() {
        Session expired = open();
        Session revoked = open();
        store().revoke(revoked.id(), SIGNED_OUT);
        var shown = new Authentication(START.plusSeconds(60), Set.of("sms"));

        assertEquals(Optional.empty(), store().authenticate(expired.id(), shown, expired.expiresAt()));
        assertEquals(Optional.empty(), store().authenticate(revoked.id(), shown, START.plusSeconds(6)));
        assertEquals(Optional.empty(), store().authenticate(unique(), shown, START));

        assertEquals(Optional.of(expired), store().find(expired.id()));
        assertEquals(
                revoked.authentication(),
                store().find(revoked.id()).orElseThrow().authentication());
    }

    @Test
    void aRevokedSessionIsNotRotated() {
        Session session = open();

        assertTrue(store().revoke(session.id(), SIGNED_OUT));

        assertEquals(Optional.empty(), store().rotate(rotation(session, 0, proof(1), START.plusSeconds(6))));
        assertEquals(SIGNED_OUT, store().find(session.id()).orElseThrow().revocation());
    }

    @Test
    void theFirstRevocationStands() {
        Session session = open();
        store().revoke(session.id(), SIGNED_OUT);

        assertFalse(store().revoke(session.id(), new Revocation(START.plusSeconds(9), Revocation.Reason.REPLAYED)));

        assertEquals(SIGNED_OUT, store().find(session.id()).orElseThrow().revocation());
        assertFalse(store().revoke(unique(), SIGNED_OUT));
    }

    @Test
    void listsAnAccountsLiveSessionsTheMostRecentlyRefreshedFirst() {
        Session first = open();
        Session second = open();
        Session revoked = open();
        store().revoke(revoked.id(), SIGNED_OUT);
        store().rotate(rotation(first, 0, null, START.plusSeconds(1)));

        assertEquals(List.of(first.id(), second.id()), ids(store().ofAccount(account, START.plusSeconds(2))));
        assertEquals(List.of(first.id()), ids(store().ofAccount(account, second.expiresAt())));
        assertEquals(List.of(), store().ofAccount(unique(), START));
    }

    @Test
    void listsAHundredSessionsAtMost() {
        for (int i = 0; i < 101; i++) {
            open();
        }

        assertEquals(100, store().ofAccount(account, START).size());
    }

    @Test
    void tellsWhatHasBeenRevokedSinceATimeAndAtIt() {
        Session session = open();
        Session live = open();
        store().revoke(session.id(), SIGNED_OUT);

        Instant at = Objects.requireNonNull(store().revokedSince(Instant.EPOCH).get(session.id()));

        assertEquals(at, store().revokedSince(at).get(session.id()));
        assertFalse(store().revokedSince(at).containsKey(live.id()));
        assertFalse(store().revokedSince(at.plusNanos(1000)).containsKey(session.id()));
    }

    @Test
    void aRevocationIsDatedByTheStoresClockWhateverTheTimeOfTheInstanceThatMadeIt() {
        Session behind = open();
        Session ahead = open();
        Session besides = open();
        var longAgo = new Revocation(START.minus(Duration.ofDays(9_000)), Revocation.Reason.SIGNED_OUT);
        var toCome = new Revocation(START.plus(Duration.ofDays(9_000)), Revocation.Reason.SIGNED_OUT);
        Instant before = store().now();
        store().revoke(behind.id(), longAgo);
        store().revoke(ahead.id(), toCome);
        store().revokeAll(account, null, longAgo);
        Instant after = store().now();

        Map<String, Instant> since = store().revokedSince(before);

        for (Session session : List.of(behind, ahead, besides)) {
            Instant at = Objects.requireNonNull(since.get(session.id()), "its revocation is not told");
            assertFalse(at.isAfter(after));
        }
    }

    @Test
    void aSessionOfAKeyIsRotatedWithThatKeyOnly() {
        String key = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
        Session session = session(Device.UNKNOWN, key);
        store().open(session);

        assertEquals(Optional.empty(), store().rotate(rotation(session, 0, proof(1), START)));
        assertEquals(Optional.empty(), store().rotate(byKey(session, "another")));
        Session rotated = store().rotate(byKey(session, key)).orElseThrow();

        assertEquals(key, rotated.keyThumbprint());
        assertEquals(1, rotated.counter());
    }

    @Test
    void aSessionWithoutAKeyIsRotatedWithAnyKey() {
        assertTrue(store().rotate(byKey(open(), "any key at all")).isPresent());
    }

    @Test
    void endsAllSessionsOfAnAccountButOne() {
        Session kept = open();
        Session ended = open();
        Session endedBefore = open();
        store().revoke(endedBefore.id(), SIGNED_OUT);
        var revocation = new Revocation(START.plusSeconds(9), Revocation.Reason.PASSWORD_CHANGED);

        assertEquals(List.of(ended.id()), store().revokeAll(account, kept.id(), revocation));

        assertEquals(revocation, store().find(ended.id()).orElseThrow().revocation());
        assertEquals(SIGNED_OUT, store().find(endedBefore.id()).orElseThrow().revocation());
        assertEquals(Optional.of(kept), store().find(kept.id()));
        assertEquals(List.of(kept.id()), store().revokeAll(account, null, revocation));
        assertEquals(List.of(), store().revokeAll(account, null, revocation));
    }

    @Test
    void keepsOfAForgottenAccountsSessionsThatTheyEnded() {
        Session forgotten = open();
        String whose = account;
        store().revokeAll(account, null, SIGNED_OUT);
        anotherAccount();
        Session theirs = open();

        store().forget(whose);

        Session kept = store().find(forgotten.id()).orElseThrow();
        assertEquals(SIGNED_OUT, kept.revocation());
        assertNotEquals(whose, kept.accountId());
        assertEquals(Device.UNKNOWN, kept.device());
        assertNull(kept.place());
        assertNull(kept.keyThumbprint());
        assertTrue(store().revokedSince(Instant.EPOCH).containsKey(forgotten.id()));
        assertEquals(Optional.of(theirs), store().find(theirs.id()));
    }

    @Test
    void endsNoSessionOfAnotherAccount() {
        Session mine = open();
        anotherAccount();
        Session theirs = open();

        assertEquals(List.of(theirs.id()), store().revokeAll(account, null, SIGNED_OUT));

        assertEquals(Optional.of(mine), store().find(mine.id()));
    }

    @Test
    void forgetsWhatExpiredOrWasRevokedBeforeATime() {
        store().purgeEnded(START.plus(Duration.ofDays(300)), 10_000);
        Session live = open();
        Session expired = open();
        Session revoked = open();
        Session revokedLater = open();
        Instant before = expired.expiresAt().plusNanos(1000);
        for (Session refreshed : List.of(live, revoked, revokedLater)) {
            store().rotate(rotation(refreshed, 0, null, START.plusSeconds(60)));
        }
        store().revoke(revoked.id(), new Revocation(before.minusNanos(1000), Revocation.Reason.SIGNED_OUT));
        store().revoke(revokedLater.id(), new Revocation(before, Revocation.Reason.SIGNED_OUT));

        assertEquals(1, store().purgeEnded(before, 1));
        assertEquals(1, store().purgeEnded(before, 10));
        assertEquals(0, store().purgeEnded(before, 10));

        assertTrue(store().find(expired.id()).isEmpty());
        assertTrue(store().find(revoked.id()).isEmpty());
        assertTrue(store().find(live.id()).isPresent());
        assertTrue(store().find(revokedLater.id()).isPresent());
    }

    @Test
    void whatHasToWaitForTheCommitIsRunWhereThereIsNone() {
        var ran = new AtomicLong();

        store().afterCommit(ran::incrementAndGet);

        assertEquals(1, ran.get());
    }

    private static Rotation byKey(Session session, String key) {
        return new Rotation(session.id(), 0, proof(1), key, null, null, START, START.plus(IDLE));
    }

    private Session open() {
        Session session = session(new Device("device", "Ada's phone \ud83d\udcf1", "1.0"));
        store().open(session);
        return session;
    }

    private Session session(Device device) {
        return session(device, null);
    }

    private Session session(Device device, @Nullable String keyThumbprint) {
        return new Session(
                unique(),
                account,
                device,
                device.equals(Device.UNKNOWN) ? null : "Berlin, DE",
                new Authentication(START, Set.of("otp", "pwd")),
                keyThumbprint,
                0,
                ProofTrail.EMPTY,
                START,
                START,
                START,
                START.plus(IDLE),
                START.plus(Duration.ofDays(70)),
                null);
    }

    private static Rotation rotation(Session session, int counter, @Nullable RotationProof proof, Instant at) {
        return new Rotation(session.id(), counter, proof, null, null, null, at, at.plus(IDLE));
    }

    private static RotationProof proof(int number) {
        return RotationProof.of(new byte[] {1}, "token " + number);
    }

    private static List<String> ids(List<Session> sessions) {
        return sessions.stream().map(Session::id).toList();
    }

    private static String unique() {
        return "%022d".formatted(COUNT.incrementAndGet());
    }
}
