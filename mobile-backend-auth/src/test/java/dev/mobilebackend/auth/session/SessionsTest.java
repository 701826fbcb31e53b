// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.session.RefreshDecision.Ended;
import dev.mobilebackend.auth.session.RefreshDecision.ProofMissing;
import dev.mobilebackend.auth.session.RefreshDecision.Repeated;
import dev.mobilebackend.auth.session.RefreshDecision.Replayed;
import dev.mobilebackend.auth.session.RefreshDecision.Retry;
import dev.mobilebackend.auth.session.RefreshDecision.Rotated;
import dev.mobilebackend.auth.session.RefreshDecision.Unknown;
import dev.mobilebackend.auth.session.RefreshDecision.WrongKey;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionsTest {

    private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
    private static final byte[] PHONE = "the phone's install secret".getBytes();
    private static final String KEY = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    private static final byte[] THIEF = "the thief's install secret".getBytes();

    private final InMemorySessionStore store = new InMemorySessionStore();
    private final Revocations revocations = new Revocations();
    private final Sessions sessions = new Sessions(
            SessionPolicy.standard(), store, revocations, ServerSecret.of(new byte[32]), new SecureRandom());
    private final Sessions.Opened opened =
            sessions.open("ada", new Device("d1", "Ada's phone", "1.0"), Set.of("pwd"), START);
    private Instant now = START.plus(Duration.ofHours(1));

    @Test
    void theNewestTokenRotatesTheSession() {
        var rotated = assertInstanceOf(Rotated.class, refresh(opened.token(), PHONE));

        assertEquals(1, rotated.session().counter());
        assertEquals(now, rotated.session().refreshedAt());
        assertEquals(now.plus(Duration.ofDays(30)), rotated.session().expiresAt());
    }

    @Test
    void theSameProofGetsTheSameSuccessorHoweverLate() {
        RefreshToken first = successor(refresh(opened.token(), PHONE));
        now = now.plus(Duration.ofDays(29));

        var again = assertInstanceOf(Repeated.class, refresh(opened.token(), PHONE));

        assertEquals(first.text(), again.token().text());
        assertEquals(1, row().counter());
    }

    @Test
    void anotherProofGetsNothingForTenSecondsAndThenEndsTheSession() {
        refresh(opened.token(), PHONE);

        now = now.plus(Duration.ofSeconds(10));
        assertInstanceOf(Retry.class, refresh(opened.token(), THIEF));
        assertTrue(row().isLive(now));
        now = now.plusMillis(1);
        assertInstanceOf(Replayed.class, refresh(opened.token(), THIEF));

        assertEquals(Revocation.Reason.REPLAYED, row().revocation().reason());
        assertTrue(revocations.contains(opened.session().id()));
    }

    @Test
    void aReplayEndsThatSessionAlone() {
        Sessions.Opened tablet = sessions.open("ada", Device.UNKNOWN, Set.of("pwd"), START);
        refresh(opened.token(), PHONE);
        now = now.plusSeconds(11);

        refresh(opened.token(), THIEF);

        assertInstanceOf(Rotated.class, refresh(tablet.token(), PHONE));
        assertFalse(revocations.contains(tablet.session().id()));
    }

    @Test
    void theOwnerIsTheOneWhoNoticesWhenTheThiefWasFirst() {
        refresh(opened.token(), THIEF);
        now = now.plus(Duration.ofMinutes(10));

        assertInstanceOf(Replayed.class, refresh(opened.token(), PHONE));
        assertInstanceOf(Ended.class, refresh(opened.token(), THIEF));
    }

    @Test
    void anOlderTokenWithItsOwnProofIsALateDuplicate() {
        RefreshToken second = successor(refresh(opened.token(), PHONE));
        RefreshToken third = successor(refresh(second, PHONE));
        successor(refresh(third, PHONE));
        now = now.plus(Duration.ofDays(1));

        assertInstanceOf(Retry.class, refresh(opened.token(), PHONE));
        assertInstanceOf(Retry.class, refresh(second, PHONE));
        assertTrue(row().isLive(now));
    }

    @Test
    void anOlderTokenWithAnotherProofEndsTheSessionAtOnce() {
        RefreshToken second = successor(refresh(opened.token(), PHONE));
        refresh(second, PHONE);

        assertInstanceOf(Replayed.class, refresh(opened.token(), THIEF));
    }

    @Test
    void aTokenOlderThanTheTrailEndsTheSession() {
        RefreshToken token = opened.token();
        for (int i = 0; i <= ProofTrail.LONGEST; i++) {
            token = successor(refresh(token, PHONE));
        }

        assertInstanceOf(Replayed.class, refresh(opened.token(), PHONE));
    }

    @Test
    void aClientWithoutProofsMayAskAgainForTenMinutes() {
        RefreshToken first = successor(refresh(opened.token(), null));

        now = now.plus(Duration.ofMinutes(10));
        var again = assertInstanceOf(Repeated.class, refresh(opened.token(), null));
        now = now.plusMillis(1);
        assertInstanceOf(Replayed.class, refresh(opened.token(), null));

        assertEquals(first.text(), again.token().text());
    }

    @Test
    void aDuplicateWithoutProofThatIsTwoBehindIsForgivenForTenSecondsOnly() {
        RefreshToken second = successor(refresh(opened.token(), null));
        refresh(second, null);

        assertInstanceOf(Retry.class, refresh(opened.token(), null));
        now = now.plusSeconds(11);
        assertInstanceOf(Replayed.class, refresh(opened.token(), null));
    }

    @Test
    void refreshingFasterThanStragglersAreForgivenHidesNoThief() {
        RefreshToken thiefs = successor(refresh(opened.token(), null));
        now = now.plusSeconds(8);
        successor(refresh(thiefs, null));

        now = now.plusSeconds(2);
        assertInstanceOf(Retry.class, refresh(opened.token(), null));
        now = now.plusMillis(1);
        assertInstanceOf(Replayed.class, refresh(opened.token(), null));
    }

    @Test
    void aClockThatWasSetBackHidesNoThief() {
        now = now.plus(Duration.ofHours(1));
        RefreshToken thiefs = successor(refresh(opened.token(), null));
        now = now.minus(Duration.ofHours(1));
        successor(refresh(thiefs, null));

        now = now.plusSeconds(10);
        assertInstanceOf(Retry.class, refresh(opened.token(), null));
        now = now.plusMillis(1);
        assertInstanceOf(Replayed.class, refresh(opened.token(), null));
    }

    @Test
    void withoutAProofThreeBehindEndsTheSessionAtOnce() {
        RefreshToken second = successor(refresh(opened.token(), null));
        RefreshToken third = successor(refresh(second, null));
        successor(refresh(third, null));

        assertInstanceOf(Replayed.class, refresh(opened.token(), null));
    }

    @Test
    void aSessionThatUsedAProofIsRefreshedWithProofsOnly() {
        RefreshToken second = successor(refresh(opened.token(), PHONE));

        assertInstanceOf(ProofMissing.class, refresh(second, null));
        assertEquals(1, row().counter());
        assertInstanceOf(Rotated.class, refresh(second, PHONE));
    }

    @Test
    void leavingTheProofOutDoesNotOpenThePlainRetry() {
        refresh(opened.token(), PHONE);
        now = now.plusSeconds(11);

        assertInstanceOf(Replayed.class, refresh(opened.token(), null));
    }

    @Test
    void aThiefOfTheFirstTokenDoesNotHideByLeavingTheProofOut() {
        refresh(opened.token(), null);
        now = now.plusSeconds(11);

        assertInstanceOf(Replayed.class, refresh(opened.token(), PHONE));
    }

    @Test
    void aClockThatIsBehindIsNotHeldAgainstTheClient() {
        refresh(opened.token(), null);
        now = now.minus(Duration.ofMinutes(30));

        assertInstanceOf(Repeated.class, refresh(opened.token(), null));
    }

    @Test
    void aSessionEndsWhenItIsNotRefreshed() {
        now = START.plus(Duration.ofDays(30)).minusMillis(1);
        RefreshToken second = successor(refresh(opened.token(), PHONE));

        now = now.plus(Duration.ofDays(30));

        assertInstanceOf(Ended.class, refresh(second, PHONE));
        assertEquals(1, row().counter());
    }

    @Test
    void aSessionThatIsNeverRefreshedEndsToo() {
        now = START.plus(Duration.ofDays(30));

        assertInstanceOf(Ended.class, refresh(opened.token(), PHONE));
    }

    @Test
    void noRefreshMovesTheAbsoluteEnd() {
        RefreshToken token = opened.token();
        Instant end = START.plus(Duration.ofDays(180));
        for (now = START; now.isBefore(end); now = now.plus(Duration.ofDays(20))) {
            token = successor(refresh(token, PHONE));
        }

        assertEquals(end, row().expiresAt());
        now = end;
        assertInstanceOf(Ended.class, refresh(token, PHONE));
    }

    @Test
    void signingOutEndsTheSessionAndSaysSoAgainWhenAskedAgain() {
        String id = opened.session().id();

        assertTrue(sessions.tryEnd("ada", id, Revocation.Reason.SIGNED_OUT, now));
        assertTrue(sessions.tryEnd("ada", id, Revocation.Reason.SIGNED_OUT, now.plusSeconds(9)));

        assertEquals(new Revocation(now, Revocation.Reason.SIGNED_OUT), row().revocation());
        assertTrue(revocations.contains(id));
        assertInstanceOf(Ended.class, refresh(opened.token(), PHONE));
    }

    @Test
    void nobodyEndsASessionOfAnotherAccount() {
        assertFalse(sessions.tryEnd("eve", opened.session().id(), Revocation.Reason.ENDED_BY_OWNER, now));

        assertTrue(row().isLive(now));
    }

    @Test
    void aStoreThatLostTheNewestRotationsSignsNobodyOut() {
        Session backup = row();
        RefreshToken second = successor(refresh(opened.token(), PHONE));
        RefreshToken third = successor(refresh(second, PHONE));
        var restored = new InMemorySessionStore();
        restored.open(backup);
        var afterRestore = new Sessions(
                SessionPolicy.standard(), restored, revocations, ServerSecret.of(new byte[32]), new SecureRandom());

        RefreshDecision decision = afterRestore.refresh(third.text(), Presenter.of(proof(third, PHONE)), now);

        assertEquals(3, assertInstanceOf(Rotated.class, decision).session().counter());
        assertInstanceOf(Retry.class, afterRestore.refresh(third.text(), Presenter.of(proof(third, THIEF)), now));
    }

    @Test
    void aForgedTokenIsRefusedWithoutAskingTheStore() {
        var unreachable = new Sessions(
                SessionPolicy.standard(),
                new UnreachableStore(),
                revocations,
                ServerSecret.of(new byte[32]),
                new SecureRandom());
        String genuine = opened.token().text();
        String forged = (genuine.charAt(30) == 'A' ? genuine.substring(0, 30) + 'B' : genuine.substring(0, 30) + 'A')
                + genuine.substring(31);

        assertInstanceOf(Unknown.class, unreachable.refresh(forged, Presenter.of(null), now));
        assertInstanceOf(Unknown.class, unreachable.refresh("", Presenter.of(null), now));
    }

    @Test
    void aTokenOfAnotherServerSecretIsUnknown() {
        byte[] other = new byte[32];
        Arrays.fill(other, (byte) 1);
        var elsewhere =
                new Sessions(SessionPolicy.standard(), store, revocations, ServerSecret.of(other), new SecureRandom());

        assertInstanceOf(Unknown.class, elsewhere.refresh(opened.token().text(), Presenter.of(null), now));
    }

    @Test
    void theNewestAppVersionAndPlaceAreKept() {
        sessions.refresh(opened.token().text(), new Presenter(null, null, "2.0", "Berlin, DE"), now);

        assertEquals(new Device("d1", "Ada's phone", "2.0"), row().device());
        assertEquals("Berlin, DE", row().place());
    }

    @Test
    void aSessionOfAKeyIsRefreshedWithThatKeyOnly() {
        RefreshToken token = withKey().token();

        assertInstanceOf(WrongKey.class, sessions.refresh(token.text(), Presenter.of(proof(token, PHONE)), now));
        assertInstanceOf(WrongKey.class, refreshByKey(token, "another key"));
        assertInstanceOf(Rotated.class, refreshByKey(token, KEY));
    }

    @Test
    void theSameKeyGetsTheSameSuccessorHoweverLate() {
        RefreshToken token = withKey().token();
        RefreshToken first = successor(refreshByKey(token, KEY));
        now = now.plus(Duration.ofDays(29));

        var again = assertInstanceOf(Repeated.class, refreshByKey(token, KEY));

        assertEquals(first.text(), again.token().text());
    }

    @Test
    void aUsedTokenWithoutItsKeyEndsNothing() {
        Sessions.Opened keyed = withKey();
        RefreshToken second = successor(refreshByKey(keyed.token(), KEY));
        successor(refreshByKey(second, KEY));
        now = now.plus(Duration.ofDays(1));

        assertInstanceOf(WrongKey.class, refreshByKey(keyed.token(), "another key"));
        assertInstanceOf(WrongKey.class, sessions.refresh(keyed.token().text(), Presenter.of(null), now));

        assertTrue(store.find(keyed.session().id()).orElseThrow().isLive(now));
    }

    @Test
    void whoKnowsAKeysPublicHalfCanNotProveItByAHeader() {
        RefreshToken second = successor(refreshByKey(opened.token(), KEY));
        now = now.plusSeconds(11);
        RotationProof guessed = RotationProof.of(KEY.getBytes(), opened.token().text());

        assertInstanceOf(Repeated.class, refreshByKey(opened.token(), KEY));
        assertInstanceOf(Replayed.class, sessions.refresh(opened.token().text(), Presenter.of(guessed), now));
        assertInstanceOf(Ended.class, refreshByKey(second, KEY));
    }

    @Test
    void theOtherSessionsOfTheAccountAreEndedAtOnce() {
        Sessions.Opened tablet = sessions.open("ada", Device.UNKNOWN, Set.of("pwd"), START);
        Sessions.Opened television = sessions.open("ada", Device.UNKNOWN, Set.of("pwd"), START);
        Sessions.Opened eves = sessions.open("eve", Device.UNKNOWN, Set.of("pwd"), START);
        sessions.tryEnd("ada", television.session().id(), Revocation.Reason.SIGNED_OUT, now);

        List<String> ended = sessions.endOthers("ada", opened.session().id(), Revocation.Reason.PASSWORD_CHANGED, now);

        assertEquals(List.of(tablet.session().id()), ended);
        assertTrue(revocations.contains(tablet.session().id()));
        assertFalse(revocations.contains(opened.session().id()));
        assertInstanceOf(Ended.class, refresh(tablet.token(), PHONE));
        assertInstanceOf(Rotated.class, refresh(opened.token(), PHONE));
        assertInstanceOf(Rotated.class, refresh(eves.token(), PHONE));
    }

    @Test
    void allSessionsOfTheAccountAreEndedAtOnce() {
        sessions.open("ada", Device.UNKNOWN, Set.of("pwd"), START);

        List<String> ended = sessions.endAll("ada", Revocation.Reason.ENDED_BY_OWNER, now);

        assertEquals(2, ended.size());
        assertTrue(ended.stream().allMatch(revocations::contains));
        assertEquals(List.of(), sessions.ofAccount("ada", now));
        assertEquals(List.of(), sessions.endAll("ada", Revocation.Reason.ENDED_BY_OWNER, now));
    }

    @Test
    void anAppThatLostAnAnswerIsKnownByTheTokenItHolds() {
        refresh(opened.token(), PHONE);

        assertEquals(Optional.of(row()), sessions.ofToken(opened.token().text(), now));

        assertEquals(Optional.empty(), sessions.ofToken("not a token", now));
        sessions.tryEnd("ada", row().id(), Revocation.Reason.SIGNED_OUT, now);
        assertEquals(Optional.empty(), sessions.ofToken(opened.token().text(), now));
    }

    @Test
    void aSessionIsFoundByItsNewestTokenWhileItLives() {
        RefreshToken second = successor(refresh(opened.token(), PHONE));

        assertEquals(Optional.of(row()), sessions.find(second.text(), now));
        assertEquals(Optional.empty(), sessions.find(opened.token().text(), now));
        assertEquals(Optional.empty(), sessions.find("not a token", now));
        assertEquals(Optional.empty(), sessions.find(second.text(), row().expiresAt()));
    }

    @Test
    void whatEndedAWeekAgoIsForgotten() {
        for (int i = 0; i < 2_100; i++) {
            sessions.open("eve", Device.UNKNOWN, Set.of("pwd"), START);
        }
        Instant end = START.plus(Duration.ofDays(30));
        now = START.plusSeconds(1);
        refresh(opened.token(), PHONE);

        assertEquals(0, sessions.purgeEnded(end.plus(Duration.ofDays(7)), 2_000));
        Instant later = end.plus(Duration.ofDays(7)).plusMillis(1);
        assertEquals(2_000, sessions.purgeEnded(later, 2_000));
        assertEquals(100, sessions.purgeEnded(later, 2_000));

        assertTrue(store.find(opened.session().id()).isPresent());
    }

    private RefreshDecision refresh(RefreshToken token, byte @Nullable [] installSecret) {
        RotationProof proof = installSecret == null ? null : proof(token, installSecret);
        return sessions.refresh(token.text(), Presenter.of(proof), now);
    }

    private Sessions.Opened withKey() {
        return sessions.open("ada", Device.UNKNOWN, Set.of("pwd", "swk"), KEY, null, START);
    }

    private RefreshDecision refreshByKey(RefreshToken token, String key) {
        return sessions.refresh(token.text(), new Presenter(null, key, null, null), now);
    }

    private static RotationProof proof(RefreshToken token, byte[] installSecret) {
        return RotationProof.of(installSecret, token.text());
    }

    @Test
    void aStepUpIsKeptByEveryLaterRefresh() {
        sessions.stepUp(opened.session().id(), Set.of("otp"), now);

        var rotated = assertInstanceOf(Rotated.class, refresh(opened.token(), PHONE));

        assertEquals(new Authentication(now, Set.of("otp")), rotated.session().authentication());
    }

    @Test
    void aStepUpLeavesTheRefreshTokenAsItIs() {
        RefreshToken first = successor(refresh(opened.token(), PHONE));
        sessions.stepUp(opened.session().id(), Set.of("otp"), now);

        var again = assertInstanceOf(Repeated.class, refresh(opened.token(), PHONE));

        assertEquals(first.text(), again.token().text());
    }

    @Test
    void anEndedSessionIsNotLiveAndNotSteppedUp() {
        String id = opened.session().id();
        assertTrue(sessions.live("ada", id, now).isPresent());
        assertTrue(sessions.live("eve", id, now).isEmpty());

        sessions.tryEnd("ada", id, Revocation.Reason.SIGNED_OUT, now);

        assertTrue(sessions.live("ada", id, now).isEmpty());
        assertTrue(sessions.stepUp(id, Set.of("otp"), now).isEmpty());
    }

    private static RefreshToken successor(RefreshDecision decision) {
        return assertInstanceOf(Rotated.class, decision).token();
    }

    private Session row() {
        return store.find(opened.session().id()).orElseThrow();
    }

    /** A store that may not be asked. */
    private static final class UnreachableStore implements SessionStore {

        @Override
        public void open(Session session) {
            throw new AssertionError("asked the store");
        }

        @Override
        public Optional<Session> rotate(Rotation rotation) {
            throw new AssertionError("asked the store");
        }

        @Override
        public Optional<Session> find(String sessionId) {
            throw new AssertionError("asked the store");
        }

        @Override
        public Optional<Session> authenticate(String sessionId, Authentication authentication, Instant now) {
            throw new AssertionError("asked the store");
        }

        @Override
        public boolean revoke(String sessionId, Revocation revocation) {
            throw new AssertionError("asked the store");
        }

        @Override
        public void forget(String accountId) {
            throw new AssertionError("asked the store");
        }

        @Override
        public List<Session> ofAccount(String accountId, Instant now) {
            throw new AssertionError("asked the store");
        }

        @Override
        public List<String> revokeAll(String accountId, @Nullable String keptId, Revocation revocation) {
            throw new AssertionError("asked the store");
        }

        @Override
        public int purgeEnded(Instant before, int atMost) {
            throw new AssertionError("asked the store");
        }

        @Override
        public Instant now() {
            throw new AssertionError("asked the store");
        }

        @Override
        public Map<String, Instant> revokedSince(Instant time) {
            throw new AssertionError("asked the store");
        }
    }
}
