// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.TestClock;
import dev.mobilebackend.auth.attempt.AttemptDecision.Allowed;
import dev.mobilebackend.auth.attempt.AttemptDecision.Refused;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.secret.ServerSecret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LoginGuardTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final AttemptPolicy POLICY = new AttemptPolicy(
            new Allowance(3, SECOND, Duration.ofSeconds(60), Duration.ofMinutes(10)),
            new Allowance(12, SECOND, Duration.ofSeconds(60), Duration.ofMinutes(10)),
            new Allowance(8, SECOND, Duration.ofSeconds(10), Duration.ofMinutes(1)));
    private static final String ALICE = "alice@shop.example";
    private static final ClientAddress PHONE = ClientAddress.parse("192.0.2.1");

    private final TestClock clock = new TestClock();
    private final RecordingStore store = new RecordingStore();
    private final LoginGuard guard = guard(POLICY);

    @Test
    void theFirstTriesAreFree() {
        for (int i = 0; i < 3; i++) {
            assertEquals(new Allowed(), failedTry(ALICE, PHONE));
        }

        assertEquals(new Refused(SECOND), guard.decide(ALICE, PHONE));
    }

    @Test
    void eachFurtherFailureDoublesTheWaitUpToTheLongest() {
        for (int i = 0; i < 12; i++) {
            failedTry(ALICE, otherClient(i));
        }
        var waits = new ArrayList<Long>();
        for (int i = 0; i < 9; i++) {
            Duration wait = waitOf(guard.decide(ALICE, PHONE));
            waits.add(wait.toSeconds());
            clock.advance(wait);
            assertEquals(new Allowed(), failedTry(ALICE, otherClient(100 + i)));
        }

        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L), waits);
    }

    @Test
    void aRefusedTryIsNotCounted() {
        failedTries(3);
        for (int i = 0; i < 100; i++) {
            guard.decide(ALICE, PHONE);
        }

        assertEquals(new Refused(SECOND), guard.decide(ALICE, PHONE));
        clock.advance(SECOND);
        assertEquals(new Allowed(), guard.decide(ALICE, PHONE));
    }

    @Test
    void theWaitEndsToTheMoment() {
        failedTries(3);

        clock.advance(SECOND.minusNanos(1));
        assertEquals(new Refused(Duration.ofNanos(1)), guard.decide(ALICE, PHONE));
        clock.advance(Duration.ofNanos(1));
        assertEquals(new Allowed(), guard.decide(ALICE, PHONE));
    }

    @Test
    void theWaitRunsFromTheEndOfTheTry() {
        failedTries(2);
        guard.decide(ALICE, PHONE);

        clock.advance(Duration.ofSeconds(5));
        guard.failed(ALICE, PHONE);

        assertEquals(new Refused(SECOND), guard.decide(ALICE, PHONE));
    }

    @Test
    void triesAreRegainedOneByOne() {
        failedTries(3);

        clock.advance(Duration.ofMinutes(10));
        assertEquals(new Allowed(), failedTry(ALICE, PHONE));
        assertEquals(new Refused(SECOND), guard.decide(ALICE, PHONE));
        clock.advance(Duration.ofMinutes(30));
        failedTries(3);
        assertEquals(new Refused(SECOND), guard.decide(ALICE, PHONE));
    }

    @Test
    void fewTriesElsewhereDoNotLockTheOwnerOut() {
        for (int i = 0; i < 9; i++) {
            failedTry(ALICE, otherClient(i / 3));
        }

        assertEquals(new Refused(SECOND), guard.decide(ALICE, otherClient(0)));
        assertEquals(new Allowed(), guard.decide(ALICE, PHONE));
    }

    @Test
    void aTryRefusedOnOneNetworkCostsTheAccountNothingElsewhere() {
        failedTries(3);
        for (int i = 0; i < 100; i++) {
            assertEquals(new Refused(SECOND), guard.decide(ALICE, PHONE));
        }

        for (int i = 0; i < 9; i++) {
            assertEquals(new Allowed(), failedTry(ALICE, otherClient(i)));
        }
    }

    @Test
    void anAccountIsGuardedAgainstAllClientsTogether() {
        for (int i = 0; i < 12; i++) {
            assertEquals(new Allowed(), failedTry(ALICE, otherClient(i)));
        }

        assertEquals(new Refused(SECOND), guard.decide(ALICE, otherClient(99)));
        assertEquals(new Allowed(), guard.decide("bob@shop.example", PHONE));
    }

    @Test
    void aClientIsGuardedAcrossAllAccounts() {
        for (int i = 0; i < 8; i++) {
            assertEquals(new Allowed(), failedTry("account-" + i, PHONE));
        }

        assertEquals(new Refused(SECOND), guard.decide("account-99", PHONE));
        assertEquals(new Allowed(), guard.decide("account-99", otherClient(1)));
    }

    @Test
    void aClientCannotHideBehindItsIpv6Addresses() {
        for (int i = 0; i < 8; i++) {
            failedTry("account-" + i, ClientAddress.parse("2001:db8:1:2::" + i));
        }

        assertEquals(new Refused(SECOND), guard.decide("account-99", ClientAddress.parse("2001:db8:1:2:ffff::1")));
        assertEquals(new Allowed(), guard.decide("account-99", ClientAddress.parse("2001:db8:1:3::1")));
    }

    @Test
    void successLetsTheAccountStartAfresh() {
        failedTries(2);
        guard.decide(ALICE, PHONE);
        guard.succeeded(ALICE, PHONE);

        failedTries(2);

        assertEquals(new Allowed(), guard.decide(ALICE, PHONE));
    }

    @Test
    void successBuysAnAttackerElsewhereNoTries() {
        for (int i = 0; i < 11; i++) {
            failedTry(ALICE, otherClient(i));
        }
        guard.decide(ALICE, PHONE);
        guard.succeeded(ALICE, PHONE);

        assertEquals(new Allowed(), failedTry(ALICE, otherClient(50)));
        assertEquals(new Refused(SECOND), guard.decide(ALICE, otherClient(51)));
    }

    @Test
    void successWithOneAccountBuysTheClientNoTriesAtOthers() {
        for (int i = 0; i < 7; i++) {
            failedTry("account-" + i, PHONE);
        }
        assertEquals(new Allowed(), guard.decide(ALICE, PHONE));
        guard.succeeded(ALICE, PHONE);

        assertEquals(new Allowed(), failedTry("account-8", PHONE));
        assertEquals(new Refused(SECOND), guard.decide("account-9", PHONE));
    }

    @Test
    void anAccountUnderAttackCostsItsOwnerNoClientTries() {
        for (int i = 0; i < 12; i++) {
            failedTry(ALICE, otherClient(i));
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(new Refused(SECOND), guard.decide(ALICE, PHONE));
        }

        assertEquals(new Allowed(), guard.decide("bob@shop.example", PHONE));
    }

    @Test
    void aTryWithoutAnAnswerDoesNotCount() {
        for (int i = 0; i < 100; i++) {
            assertEquals(new Allowed(), guard.decide(ALICE, PHONE));
            guard.abandoned(ALICE, PHONE);
        }

        assertEquals(new Allowed(), guard.decide(ALICE, PHONE));
    }

    @Test
    void triesAtTheSameTimeGetNoFurtherThanTriesInARow() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<AttemptDecision> attempt = () -> guard.decide(ALICE, PHONE);
            int allowed = 0;
            for (Future<AttemptDecision> decision : threads.invokeAll(Collections.nCopies(200, attempt))) {
                allowed += decision.get() instanceof Allowed ? 1 : 0;
            }

            assertEquals(3, allowed);
        } finally {
            threads.shutdown();
        }
    }

    @Property(tries = 100)
    void nobodyGuessesMuchFasterThanTriesAreRegained(
            @ForAll @IntRange(min = 1, max = 120) int secondsBetween, @ForAll @IntRange(min = 1, max = 4) int hours) {
        var everyTime = new TestClock();
        var strict = LoginGuard.of(POLICY, new InMemoryAttemptStore(100), secret(1), everyTime);
        int allowed = 0;
        for (int second = 0; second < hours * 3600; second += secondsBetween) {
            if (strict.decide(ALICE, otherClient(second)) instanceof Allowed) {
                strict.failed(ALICE, otherClient(second));
                allowed++;
            }
            everyTime.advance(Duration.ofSeconds(secondsBetween));
        }

        // At the longest wait of a minute, and faster only on the way up to it.
        assertTrue(allowed <= 12 + 6 + hours * 60, () -> "too many");
    }

    @Test
    void theStandardPolicyGivesOneNetworkAboutAHundredGuessesADay() {
        int allowed = standardGuessesInADay(second -> PHONE);

        assertTrue(allowed <= 115, allowed + " guesses");
    }

    @Test
    void theStandardPolicyGivesAllNetworksTogetherAboutAHundredMore() {
        int allowed = standardGuessesInADay(LoginGuardTest::otherClient);

        assertTrue(allowed > 150 && allowed <= 215, allowed + " guesses");
    }

    @Test
    void theStandardPolicyGivesOneClientFiftyGuessesAtAllAccountsAndThenOneAMinute() {
        LoginGuard standard = guard(AttemptPolicy.standard());
        int allowed = 0;
        for (int second = 0; second < 3600; second++) {
            if (standard.decide("account-" + second, PHONE) instanceof Allowed) {
                standard.failed("account-" + second, PHONE);
                allowed++;
            }
            clock.advance(Duration.ofSeconds(1));
        }

        assertTrue(allowed > 100 && allowed <= 115, allowed + " guesses");
    }

    private int standardGuessesInADay(IntFunction<ClientAddress> from) {
        LoginGuard standard = guard(AttemptPolicy.standard());
        int allowed = 0;
        for (int second = 0; second < 24 * 3600; second += 10) {
            if (standard.decide(ALICE, from.apply(second)) instanceof Allowed) {
                standard.failed(ALICE, from.apply(second));
                allowed++;
            }
            clock.advance(Duration.ofSeconds(10));
        }
        return allowed;
    }

    @Test
    void theStoreLearnsNeitherAddressNorAccount() {
        failedTries(3);

        assertEquals(3, store.keys.size());
        for (String key : store.keys) {
            assertFalse(key.contains("alice"));
            assertFalse(key.contains("192.0.2"));
        }
        Set<String> before = Set.copyOf(store.keys);
        LoginGuard.of(POLICY, store, secret(2), clock).decide(ALICE, PHONE);
        assertEquals(6, store.keys.size());
        assertTrue(store.keys.containsAll(before));
    }

    @Test
    void aPolicyWithoutABrakeIsRefused() {
        Duration none = Duration.ZERO;
        assertThrows(IllegalArgumentException.class, () -> new Allowance(0, SECOND, SECOND, SECOND));
        assertThrows(IllegalArgumentException.class, () -> new Allowance(1, none, SECOND, SECOND));
        assertThrows(IllegalArgumentException.class, () -> new Allowance(1, SECOND, none, SECOND));
        assertThrows(IllegalArgumentException.class, () -> new Allowance(1, SECOND, SECOND, none));
    }

    private LoginGuard guard(AttemptPolicy policy) {
        return LoginGuard.of(policy, store, secret(1), clock);
    }

    private AttemptDecision failedTry(String account, ClientAddress client) {
        AttemptDecision decision = guard.decide(account, client);
        if (decision instanceof Allowed) {
            guard.failed(account, client);
        }
        return decision;
    }

    private void failedTries(int count) {
        for (int i = 0; i < count; i++) {
            assertEquals(new Allowed(), failedTry(ALICE, PHONE));
        }
    }

    private static Duration waitOf(AttemptDecision decision) {
        return ((Refused) decision).retryAfter();
    }

    private static ClientAddress otherClient(int number) {
        return ClientAddress.parse("10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255));
    }

    private static ServerSecret secret(int seed) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) seed;
        return ServerSecret.of(bytes);
    }

    private static final class RecordingStore implements AttemptStore {

        private final AttemptStore tries = new InMemoryAttemptStore(1_000_000);
        private final Set<String> keys = Collections.synchronizedSet(new HashSet<>());

        @Override
        public Tries update(String key, UnaryOperator<Tries> change) {
            keys.add(key);
            return tries.update(key, change);
        }
    }
}
