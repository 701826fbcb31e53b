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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LoginGuardTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final AttemptPolicy POLICY = new AttemptPolicy(
            new Allowance(4, SECOND, Duration.ofSeconds(60), Duration.ofMinutes(10)),
            new Allowance(3, SECOND, Duration.ofSeconds(60), Duration.ofMinutes(10)),
            new Allowance(12, SECOND, Duration.ofSeconds(60), Duration.ofMinutes(10)),
            new Allowance(8, SECOND, Duration.ofSeconds(10), Duration.ofMinutes(1)),
            new Allowance(20, SECOND, Duration.ofSeconds(10), Duration.ofMinutes(1)));
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

        assertEquals(byPair(SECOND), guard.decide(from(ALICE, PHONE)));
    }

    @Test
    void eachFurtherFailureDoublesTheWaitUpToTheLongest() {
        for (int i = 0; i < 12; i++) {
            failedTry(ALICE, otherClient(i));
        }
        var waits = new ArrayList<Long>();
        for (int i = 0; i < 9; i++) {
            Duration wait = waitOf(guard.decide(from(ALICE, PHONE)));
            waits.add(wait.toSeconds());
            clock.advance(wait);
            assertEquals(new Allowed(), failedTry(ALICE, otherClient(100 + i)));
        }

        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L), waits);
    }

    @Test
    void aTryThatNamesNoAccountCountsByItsNetworkAlone() {
        var nobodys = new Attempt(null, PHONE, null);
        for (int i = 0; i < 8; i++) {
            assertEquals(new Allowed(), guard.decide(nobodys));
            guard.failed(nobodys);
        }

        assertEquals(new Refused(SECOND, Brake.CLIENT), guard.decide(nobodys));
        assertEquals(new Refused(SECOND, Brake.CLIENT), guard.decide(from(ALICE, PHONE)));
        assertEquals(new Allowed(), guard.decide(from(ALICE, otherClient(1))));
        assertThrows(IllegalArgumentException.class, () -> new Attempt(null, PHONE, "tablet"));
    }

    @Test
    void aRefusedTryIsNotCounted() {
        failedTries(3);
        for (int i = 0; i < 100; i++) {
            guard.decide(from(ALICE, PHONE));
        }

        assertEquals(byPair(SECOND), guard.decide(from(ALICE, PHONE)));
        clock.advance(SECOND);
        assertEquals(new Allowed(), guard.decide(from(ALICE, PHONE)));
    }

    @Test
    void theWaitEndsToTheMoment() {
        failedTries(3);

        clock.advance(SECOND.minusNanos(1_000));
        assertEquals(byPair(Duration.ofNanos(1_000)), guard.decide(from(ALICE, PHONE)));
        clock.advance(Duration.ofNanos(1_000));
        assertEquals(new Allowed(), guard.decide(from(ALICE, PHONE)));
    }

    @Test
    void theWaitRunsFromTheEndOfTheTry() {
        failedTries(2);
        guard.decide(from(ALICE, PHONE));

        clock.advance(Duration.ofSeconds(5));
        guard.failed(from(ALICE, PHONE));

        assertEquals(byPair(SECOND), guard.decide(from(ALICE, PHONE)));
    }

    @Test
    void triesAreRegainedOneByOne() {
        failedTries(3);

        clock.advance(Duration.ofMinutes(10));
        assertEquals(new Allowed(), failedTry(ALICE, PHONE));
        assertEquals(byPair(SECOND), guard.decide(from(ALICE, PHONE)));
        clock.advance(Duration.ofMinutes(30));
        failedTries(3);
        assertEquals(byPair(SECOND), guard.decide(from(ALICE, PHONE)));
    }

    @Test
    void fewTriesElsewhereDoNotLockTheOwnerOut() {
        for (int i = 0; i < 9; i++) {
            failedTry(ALICE, otherClient(i / 3));
        }

        assertEquals(byPair(SECOND), guard.decide(from(ALICE, otherClient(0))));
        assertEquals(new Allowed(), guard.decide(from(ALICE, PHONE)));
    }

    @Test
    void aTryRefusedOnOneNetworkCostsTheAccountNothingElsewhere() {
        failedTries(3);
        for (int i = 0; i < 100; i++) {
            assertEquals(byPair(SECOND), guard.decide(from(ALICE, PHONE)));
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

        assertEquals(by(Brake.ACCOUNT, SECOND), guard.decide(from(ALICE, otherClient(99))));
        assertEquals(new Allowed(), guard.decide(from("bob@shop.example", PHONE)));
    }

    @Test
    void aClientIsGuardedAcrossAllAccounts() {
        for (int i = 0; i < 8; i++) {
            assertEquals(new Allowed(), failedTry("account-" + i, PHONE));
        }

        assertEquals(by(Brake.CLIENT, SECOND), guard.decide(from("account-99", PHONE)));
        assertEquals(new Allowed(), guard.decide(from("account-99", otherClient(1))));
    }

    @Test
    void aClientCannotHideBehindItsIpv6Addresses() {
        for (int i = 0; i < 8; i++) {
            failedTry("account-" + i, ClientAddress.parse("2001:db8:1:2::" + i));
        }

        assertEquals(
                by(Brake.CLIENT, SECOND),
                guard.decide(from("account-99", ClientAddress.parse("2001:db8:1:2:ffff::1"))));
        assertEquals(new Allowed(), guard.decide(from("account-99", ClientAddress.parse("2001:db8:1:3::1"))));
    }

    @Test
    void successLetsTheAccountStartAfresh() {
        failedTries(2);
        guard.decide(from(ALICE, PHONE));
        guard.succeeded(from(ALICE, PHONE));

        failedTries(2);

        assertEquals(new Allowed(), guard.decide(from(ALICE, PHONE)));
    }

    @Test
    void successBuysAnAttackerElsewhereNoTries() {
        for (int i = 0; i < 11; i++) {
            failedTry(ALICE, otherClient(i));
        }
        guard.decide(from(ALICE, PHONE));
        guard.succeeded(from(ALICE, PHONE));

        assertEquals(new Allowed(), failedTry(ALICE, otherClient(50)));
        assertEquals(by(Brake.ACCOUNT, SECOND), guard.decide(from(ALICE, otherClient(51))));
    }

    @Test
    void successWithOneAccountBuysTheClientNoTriesAtOthers() {
        for (int i = 0; i < 7; i++) {
            failedTry("account-" + i, PHONE);
        }
        assertEquals(new Allowed(), guard.decide(from(ALICE, PHONE)));
        guard.succeeded(from(ALICE, PHONE));

        assertEquals(new Allowed(), failedTry("account-8", PHONE));
        assertEquals(by(Brake.CLIENT, SECOND), guard.decide(from("account-9", PHONE)));
    }

    @Test
    void anAccountUnderAttackCostsItsOwnerNoClientTries() {
        for (int i = 0; i < 12; i++) {
            failedTry(ALICE, otherClient(i));
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(by(Brake.ACCOUNT, SECOND), guard.decide(from(ALICE, PHONE)));
        }

        assertEquals(new Allowed(), guard.decide(from("bob@shop.example", PHONE)));
    }

    @Test
    void aTryWithoutAnAnswerDoesNotCount() {
        for (int i = 0; i < 100; i++) {
            assertEquals(new Allowed(), guard.decide(from(ALICE, PHONE)));
            guard.abandoned(from(ALICE, PHONE));
        }

        assertEquals(new Allowed(), guard.decide(from(ALICE, PHONE)));
    }

    @Test
    void triesAtTheSameTimeGetNoFurtherThanTriesInARow() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<AttemptDecision> attempt = () -> guard.decide(from(ALICE, PHONE));
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
            if (strict.decide(from(ALICE, otherClient(second))) instanceof Allowed) {
                strict.failed(from(ALICE, otherClient(second)));
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
            if (standard.decide(from("account-" + second, PHONE)) instanceof Allowed) {
                standard.failed(from("account-" + second, PHONE));
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
            if (standard.decide(from(ALICE, from.apply(second))) instanceof Allowed) {
                standard.failed(from(ALICE, from.apply(second)));
                allowed++;
            }
            clock.advance(Duration.ofSeconds(10));
        }
        return allowed;
    }

    @Test
    void aSubnetIsGuardedAcrossAllItsClients() {
        for (int i = 0; i < 20; i++) {
            assertEquals(new Allowed(), failedTry("account-" + i, ClientAddress.parse("192.0.2." + i)));
        }

        Refused refused = by(Brake.SUBNET, SECOND);
        assertEquals(refused, guard.decide(from("account-99", ClientAddress.parse("192.0.2.200"))));
        assertEquals(new Allowed(), guard.decide(from("account-99", ClientAddress.parse("192.0.3.200"))));
    }

    @Test
    void aSubnetOfIpv6HasFortyEightBits() {
        for (int i = 0; i < 20; i++) {
            assertEquals(new Allowed(), failedTry("account-" + i, ClientAddress.parse("2001:db8:1:" + i + "::1")));
        }

        Refused refused = by(Brake.SUBNET, SECOND);
        assertEquals(refused, guard.decide(from("account-99", ClientAddress.parse("2001:db8:1:ffff::1"))));
        assertEquals(new Allowed(), guard.decide(from("account-99", ClientAddress.parse("2001:db8:2:ffff::1"))));
    }

    @Test
    void tenThousandAddressesGetNoFurtherThanTheAccountsAllowanceAndDoNotLockTheOwnerOutOnAKnownDevice() {
        int guesses = 0;
        for (int i = 0; i < 10_000; i++) {
            guesses += failedTry(ALICE, otherClient(i * 256)) instanceof Allowed ? 1 : 0;
        }

        assertEquals(12, guesses);
        assertEquals(by(Brake.ACCOUNT, SECOND), guard.decide(from(ALICE, PHONE)));
        assertEquals(new Allowed(), guard.decide(fromTablet(ALICE, PHONE)));
    }

    @Test
    void aKnownDeviceIsNotLockedOutByItsNeighboursEither() {
        for (int i = 0; i < 20; i++) {
            failedTry("account-" + i, i < 8 ? PHONE : ClientAddress.parse("192.0.2." + i));
        }
        failedTries(3, otherClient(7));

        assertEquals(by(Brake.SUBNET, SECOND), guard.decide(from(ALICE, ClientAddress.parse("192.0.2.99"))));
        assertEquals(new Allowed(), guard.decide(fromTablet(ALICE, PHONE)));
        assertEquals(new Allowed(), guard.decide(fromTablet(ALICE, otherClient(7))));
    }

    @Test
    void aStolenDeviceHasOneAllowanceMoreAndNoMore() {
        var waits = new ArrayList<Long>();
        for (int i = 0; i < 8; i++) {
            if (guard.decide(fromTablet(ALICE, otherClient(i))) instanceof Refused refused) {
                assertEquals(Brake.ACCOUNT_FROM_DEVICE, refused.by());
                waits.add(refused.retryAfter().toSeconds());
                clock.advance(refused.retryAfter());
                assertEquals(new Allowed(), guard.decide(fromTablet(ALICE, otherClient(i))));
            }
            guard.failed(fromTablet(ALICE, otherClient(i)));
        }

        assertEquals(List.of(1L, 2L, 4L, 8L), waits);
    }

    @Test
    void guessesFromAKnownDeviceLeaveTheOtherAllowancesAlone() {
        for (int i = 0; i < 4; i++) {
            guard.decide(fromTablet(ALICE, PHONE));
            guard.failed(fromTablet(ALICE, PHONE));
        }

        failedTries(3, PHONE);
        assertEquals(byPair(SECOND), guard.decide(from(ALICE, PHONE)));
    }

    @Test
    void successLetsTheAccountStartAfreshOnAKnownDevice() {
        for (int i = 0; i < 3; i++) {
            guard.decide(fromTablet(ALICE, PHONE));
            guard.failed(fromTablet(ALICE, PHONE));
        }
        guard.decide(fromTablet(ALICE, PHONE));
        guard.succeeded(fromTablet(ALICE, PHONE));

        for (int i = 0; i < 4; i++) {
            assertEquals(new Allowed(), guard.decide(fromTablet(ALICE, PHONE)));
        }
    }

    @Test
    void whatWasRefusedForATryIsFreeOnceThatWasRight() {
        failedTries(2);
        guard.decide(from(ALICE, PHONE));
        assertEquals(byPair(SECOND), guard.decide(from(ALICE, PHONE)));

        guard.succeeded(from(ALICE, PHONE));

        assertEquals(new Allowed(), guard.decide(from(ALICE, PHONE)));
    }

    @Test
    void aFloodOfRefusedTriesCostsTheStoreOneStepAWait() {
        failedTries(3);
        guard.decide(from(ALICE, PHONE));
        int before = store.steps.get();

        for (int i = 0; i < 1_000; i++) {
            guard.decide(from(ALICE, PHONE));
        }

        assertEquals(before, store.steps.get());
    }

    @Test
    void theStoreLearnsNeitherAddressNorAccount() {
        failedTries(3);

        assertEquals(4, store.keys.size());
        for (String key : store.keys) {
            assertFalse(key.contains("alice"));
            assertFalse(key.contains("192.0.2"));
        }
        Set<String> before = Set.copyOf(store.keys);
        LoginGuard.of(POLICY, store, secret(2), clock).decide(from(ALICE, PHONE));
        assertEquals(8, store.keys.size());
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

    private static Attempt from(String account, ClientAddress client) {
        return new Attempt(account, client, null);
    }

    private static Attempt fromTablet(String account, ClientAddress client) {
        return new Attempt(account, client, "tablet");
    }

    private static Refused by(Brake brake, Duration wait) {
        return new Refused(wait, brake);
    }

    private static Refused byPair(Duration wait) {
        return by(Brake.ACCOUNT_FROM_CLIENT, wait);
    }

    private LoginGuard guard(AttemptPolicy policy) {
        return LoginGuard.of(policy, store, secret(1), clock);
    }

    private AttemptDecision failedTry(String account, ClientAddress client) {
        AttemptDecision decision = guard.decide(from(account, client));
        if (decision instanceof Allowed) {
            guard.failed(from(account, client));
        }
        return decision;
    }

    private void failedTries(int count) {
        failedTries(count, PHONE);
    }

    private void failedTries(int count, ClientAddress client) {
        for (int i = 0; i < count; i++) {
            assertEquals(new Allowed(), failedTry(ALICE, client));
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
        private final AtomicInteger steps = new AtomicInteger();

        @Override
        public List<Tries> update(List<String> wanted, UnaryOperator<List<Tries>> change) {
            keys.addAll(wanted);
            steps.incrementAndGet();
            return tries.update(wanted, change);
        }

        @Override
        public int purge(Instant before, int atMost) {
            return tries.purge(before, atMost);
        }
    }
}
