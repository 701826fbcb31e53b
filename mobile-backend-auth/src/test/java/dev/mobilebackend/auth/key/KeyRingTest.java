// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.mobilebackend.auth.TestClock;
import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KeyRingTest {

    private static final KeyPolicy POLICY = KeyPolicy.standard();
    private static final Duration MOMENT = Duration.ofNanos(1_000);

    private final TestClock clock = new TestClock();
    private final WatchedStore store = new WatchedStore();
    private final KeyRing ring = ring();

    @Test
    void makesTheFirstKeyOnceForAllInstances() {
        KeyRing other = ring();

        assertEquals(ring.current().id(), other.current().id());
        assertEquals(1, store.all().size());
    }

    @Test
    void aNewKeySignsOnlyOnceEveryInstanceKnowsIt() {
        KeyRing other = ring();
        String before = ring.current().id();

        ring.rotate();

        clock.advance(POLICY.publishAhead().minus(MOMENT));
        assertEquals(before, ring.current().id());
        assertEquals(before, other.current().id());
        clock.advance(MOMENT);
        assertNotEquals(before, ring.current().id());
        assertEquals(ring.current().id(), other.current().id());
    }

    @Test
    void aReplacedKeyVerifiesUntilItsTokensHaveEnded() {
        String replaced = ring.current().id();
        ring.rotate();

        clock.advance(POLICY.publishAhead().plus(POLICY.retention()).minus(MOMENT));
        assertTrue(ring.find(replaced, clock.instant()).isPresent());
        clock.advance(MOMENT);
        assertTrue(ring.find(replaced, clock.instant()).isEmpty());
    }

    @Test
    void forgetsRetiredKeysAtTheNextRotation() {
        String first = ring.current().id();
        ring.rotate();
        clock.advance(POLICY.publishAhead().plus(POLICY.retention()));

        ring.rotate();

        assertEquals(2, store.all().size());
        assertTrue(store.all().stream().noneMatch(key -> key.id().equals(first)));
    }

    @Test
    void rotatingEveryMinuteNeverRefusesAKeyThatSigned() {
        KeyRing other = ring();
        var signed = new ArrayDeque<String>();

        for (int minute = 0; minute < 300; minute++) {
            (minute % 2 == 0 ? ring : other).rotate();
            clock.advance(Duration.ofMinutes(1));
            signed.addLast(ring.current().id());
            if (signed.size() > 10) {
                signed.removeFirst();
            }

            for (String id : signed) {
                assertTrue(other.find(id, clock.instant()).isPresent(), "minute " + minute);
            }
        }
        assertTrue(store.all().size() < 100, "retired keys are forgotten");
    }

    @Test
    void asksTheStoreOnlyEverySoOftenWhateverKeyIdsCome() {
        int before = store.reads;

        for (int i = 0; i < 1_000; i++) {
            assertTrue(ring.find("random-" + i, clock.instant()).isEmpty());
        }
        assertEquals(before, store.reads);
        clock.advance(POLICY.reloadEvery());
        for (int i = 0; i < 1_000; i++) {
            assertTrue(ring.find("random-" + i, clock.instant()).isEmpty());
        }
        assertEquals(before + 1, store.reads);
    }

    @Test
    void goesOnWithTheKnownKeysWhileTheStoreIsAway() {
        String known = ring.current().id();
        store.away = true;

        clock.advance(Duration.ofHours(5));

        assertEquals(known, ring.current().id());
        assertTrue(ring.find(known, clock.instant()).isPresent());
    }

    @Test
    void doesNotCallAKeyUnknownThatItMayHaveMissed() {
        store.away = true;

        clock.advance(POLICY.publishAhead().minus(MOMENT));
        assertTrue(ring.find("unknown", clock.instant()).isEmpty());
        clock.advance(MOMENT);
        var refusal = assertThrows(ProblemException.class, () -> ring.find("unknown", clock.instant()));

        assertEquals(503, refusal.problem().status());
        store.away = false;
        clock.advance(POLICY.reloadEvery());
        assertTrue(ring.find("unknown", clock.instant()).isEmpty());
    }

    @Test
    void othersGoOnWhileOneReloads() throws Exception {
        String known = ring.current().id();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            store.pause = new CountDownLatch(1);
            clock.advance(POLICY.reloadEvery());
            Future<?> reloading = thread.submit(() -> ring.find(known, clock.instant()));
            store.reading.await();

            assertTrue(ring.find(known, clock.instant()).isPresent());

            assertFalse(reloading.isDone());
            store.pause.countDown();
            reloading.get();
        } finally {
            store.pause.countDown();
            thread.shutdown();
        }
    }

    @Test
    void afterALongRestNobodySignsWithAForgottenKey() {
        KeyRing rested = ring();
        for (int day = 0; day < 3; day++) {
            ring.rotate();
            clock.advance(Duration.ofDays(1));
        }

        assertEquals(ring.current().id(), rested.current().id());
    }

    @Test
    void oneKeyComesOutOfTwoRotationsAtTheSameMoment() {
        KeyRing other = ring();
        store.beforeNextAdd = other::rotate;

        ring.rotate();

        assertEquals(2, store.all().size());
        clock.advance(POLICY.publishAhead());
        assertEquals(other.current().id(), ring.current().id());
    }

    @Test
    void deletingAllKeysEndsThemEverywhereAndStartsANewRing() {
        KeyRing other = ring();
        String leaked = ring.current().id();
        store.remove(leaked);

        clock.advance(POLICY.reloadEvery());

        assertTrue(ring.find(leaked, clock.instant()).isEmpty());
        assertTrue(other.find(leaked, clock.instant()).isEmpty());
        assertEquals(ring.current().id(), other.current().id());
    }

    @Test
    void makesTheNextKeyOnlyWhenTheOneThatSignsIsOldAndOnlyOnceOnAllInstances() {
        KeyRing other = ring();
        assertFalse(ring.rotateIfDue());

        clock.advance(POLICY.signFor().minus(MOMENT));
        assertFalse(ring.rotateIfDue());
        clock.advance(MOMENT);
        assertTrue(ring.rotateIfDue());

        assertFalse(other.rotateIfDue());
        assertFalse(ring.rotateIfDue());
        assertEquals(2, store.all().size());
        clock.advance(POLICY.publishAhead().plus(POLICY.signFor()).minus(MOMENT));
        assertFalse(other.rotateIfDue());
        clock.advance(MOMENT);
        assertTrue(other.rotateIfDue());
    }

    @Test
    void oneInstanceMakesTheNextKeyWhereTwoFindItDueAtTheSameMoment() {
        KeyRing other = ring();
        clock.advance(POLICY.signFor());
        store.beforeNextAdd = () -> assertTrue(other.rotateIfDue());

        assertFalse(ring.rotateIfDue());

        assertEquals(2, store.all().size());
    }

    @Test
    void forgetsRetiredKeysWhenNoneIsDue() {
        ring.rotate();
        clock.advance(POLICY.publishAhead().plus(POLICY.retention()));

        assertFalse(ring.rotateIfDue());

        assertEquals(1, store.all().size());
    }

    @Test
    void anotherAlgorithmIsTakenUpLikeANewKey() {
        SigningKey before = ring.current();
        KeyRing changed = ring(POLICY.withAlgorithm(SigningAlgorithm.EDDSA));
        assertEquals(before.id(), changed.current().id());

        assertTrue(changed.rotateIfDue());

        clock.advance(POLICY.publishAhead());
        assertEquals(SigningAlgorithm.EDDSA, ring.current().algorithm());
        assertEquals(
                SigningAlgorithm.ES256,
                changed.find(before.id(), clock.instant()).orElseThrow().algorithm());
        assertFalse(changed.rotateIfDue());
    }

    @Test
    void aLeakedKeyEndsHereAtOnceAndElsewhereAtTheNextLook() {
        KeyRing other = ring();
        String leaked = ring.current().id();

        ring.end(leaked);

        assertTrue(ring.find(leaked, clock.instant()).isEmpty());
        assertNotEquals(leaked, ring.current().id());
        clock.advance(POLICY.reloadEvery());
        assertTrue(other.find(leaked, clock.instant()).isEmpty());
        assertEquals(ring.current().id(), other.current().id());
    }

    @Test
    void endingTheKeyThatSignsBringsNoRetiredOneBack() {
        String retired = ring.current().id();
        ring.rotate();
        clock.advance(POLICY.publishAhead().plus(POLICY.retention()));
        assertTrue(ring.find(retired, clock.instant()).isEmpty());

        ring.end(ring.current().id());

        clock.advance(POLICY.reloadEvery());
        assertTrue(ring.find(retired, clock.instant()).isEmpty());
        assertTrue(ring().find(retired, clock.instant()).isEmpty());
        assertEquals(3, ring.current().generation());
    }

    @Test
    void aKeyThatIsNotThereCannotEnd() {
        var missing = assertThrows(IllegalArgumentException.class, () -> ring.end("unknown"));

        assertTrue(missing.getMessage().contains("no signing key unknown"), missing::getMessage);
        assertTrue(missing.getMessage().contains(ring.current().id()), missing::getMessage);
    }

    @Test
    void endingAnyOtherKeyLeavesTheOneThatSigns() {
        String replaced = ring.current().id();
        ring.rotate();
        clock.advance(POLICY.publishAhead());
        String signs = ring.current().id();
        ring.rotate();
        String next = store.all().stream()
                .map(SigningKey::id)
                .filter(id -> !id.equals(signs) && !id.equals(replaced))
                .findFirst()
                .orElseThrow();

        ring.end(replaced);
        ring.end(next);

        clock.advance(POLICY.publishAhead());
        assertEquals(signs, ring.current().id());
        assertEquals(List.of(signs), store.all().stream().map(SigningKey::id).toList());
    }

    @Test
    void aKeyThatIsASecretNeverStandsInTheKeySet() {
        ring.rotate();
        KeyRing secret = ring(POLICY.withAlgorithm(SigningAlgorithm.HS256));
        secret.rotate();
        clock.advance(POLICY.publishAhead());
        SigningKey signs = secret.current();

        String published = secret.jwks();

        assertEquals(SigningAlgorithm.HS256, signs.algorithm());
        assertFalse(published.contains(signs.id()), published);
        assertFalse(published.contains("oct"), published);
        assertTrue(published.contains("ES256"), published);
    }

    @Test
    void publishesThePublicPartsOfAllKeysThatVerifyOrSoonWill() throws Exception {
        ring.rotate();

        JWKSet published = JWKSet.parse(ring.jwks());

        Set<String> ids = published.getKeys().stream().map(JWK::getKeyID).collect(Collectors.toSet());
        assertEquals(store.all().stream().map(SigningKey::id).collect(Collectors.toSet()), ids);
        assertEquals(2, ids.size());
        for (JWK key : published.getKeys()) {
            assertFalse(key.isPrivate());
            assertEquals("ES256", key.getAlgorithm().getName());
            assertEquals("sig", key.getKeyUse().identifier());
        }
        assertFalse(ring.jwks().contains("\"d\""));
    }

    @Test
    void aPolicyThatCouldLoseATokenIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> POLICY.withReloadEvery(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> POLICY.withPublishAhead(POLICY.reloadEvery()));
        assertThrows(
                IllegalArgumentException.class,
                () -> POLICY.withRetention(POLICY.publishAhead().minus(MOMENT)));
        assertThrows(
                IllegalArgumentException.class,
                () -> POLICY.withSignFor(POLICY.publishAhead().minus(MOMENT)));
    }

    private KeyRing ring() {
        return ring(POLICY);
    }

    private KeyRing ring(KeyPolicy policy) {
        return KeyRing.builder(store).policy(policy).clock(clock).build();
    }

    /** A store that counts its reads, and can be away, slow or overtaken. */
    private static final class WatchedStore implements KeyStore {

        private final KeyStore keys = new InMemoryKeyStore();
        private final CountDownLatch reading = new CountDownLatch(1);
        private volatile CountDownLatch pause = new CountDownLatch(0);
        private volatile boolean away;
        private int reads;
        private Runnable beforeNextAdd = () -> {};

        @Override
        public List<SigningKey> all() {
            if (away) {
                throw new IllegalStateException("the store is away");
            }
            reads++;
            if (pause.getCount() > 0) {
                reading.countDown();
                try {
                    pause.await();
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                }
            }
            return keys.all();
        }

        @Override
        public boolean tryAdd(SigningKey key) {
            Runnable before = beforeNextAdd;
            beforeNextAdd = () -> {};
            before.run();
            return keys.tryAdd(key);
        }

        @Override
        public void remove(String keyId) {
            keys.remove(keyId);
        }
    }
}
