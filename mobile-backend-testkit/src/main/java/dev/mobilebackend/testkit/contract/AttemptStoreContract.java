// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.auth.attempt.Attempt;
import dev.mobilebackend.auth.attempt.AttemptDecision.Allowed;
import dev.mobilebackend.auth.attempt.AttemptPolicy;
import dev.mobilebackend.auth.attempt.AttemptStore;
import dev.mobilebackend.auth.attempt.LoginGuard;
import dev.mobilebackend.auth.attempt.Tries;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link AttemptStore} must do. */
public abstract class AttemptStoreContract {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123456Z");
    private static final Tries ONE = new Tries(START, START.plusSeconds(60));
    private static final Tries TWO = new Tries(START.plusSeconds(1), START.plusSeconds(120));
    private static final AtomicInteger COUNT = new AtomicInteger();

    private int number;
    private AttemptStore store;

    protected AttemptStoreContract() {}

    /** The store to test. Keys of other tests may be in it. */
    protected abstract AttemptStore store();

    @BeforeEach
    void otherKeys() {
        number = COUNT.incrementAndGet();
        store = store();
    }

    @Test
    void nothingStandsUnderANewKey() {
        List<Tries> before = store.update(List.of(key("a"), key("b")), all -> all);

        assertEquals(List.of(Tries.NONE, Tries.NONE), before);
    }

    @Test
    void whatIsPutUnderSeveralKeysStandsThereInTheirOrder() {
        store.update(List.of(key("b"), key("a")), all -> List.of(ONE, TWO));

        assertEquals(List.of(TWO, Tries.NONE, ONE), read(key("a"), key("c"), key("b")));
    }

    @Test
    void aChangeSeesWhatStandsThereAndReplacesIt() {
        store.update(List.of(key("a"), key("b")), all -> List.of(ONE, ONE));

        List<Tries> before = store.update(
                List.of(key("a"), key("b")),
                all -> all.equals(List.of(ONE, ONE)) ? List.of(TWO, Tries.NONE) : List.of(ONE, ONE));

        assertEquals(List.of(ONE, ONE), before);
        assertEquals(List.of(TWO, Tries.NONE), read(key("a"), key("b")));
    }

    @Test
    void noneOfManyChangesAtTheSameTimeIsLost() {
        int runners = 8;
        var turn = new AtomicInteger();

        Race.of(runners, () -> {
            List<String> keys = turn.getAndIncrement() % 2 == 0
                    ? List.of(key("a"), key("b"), key("c"))
                    : List.of(key("c"), key("d"), key("b"));
            for (int i = 0; i < 5; i++) {
                store.update(keys, each(tries -> new Tries(START, later(tries, 1))));
            }
            return true;
        });

        List<Tries> counted = read(key("a"), key("b"), key("c"), key("d"));
        assertEquals(
                List.of(20L, 40L, 40L, 20L),
                counted.stream()
                        .map(tries ->
                                Duration.between(START, tries.regainedAt()).toSeconds())
                        .toList());
    }

    @Test
    void whatIsRegainedIsForgotten() {
        store.update(List.of(key("a"), key("b"), key("c")), all -> List.of(ONE, ONE, TWO));

        while (store.purge(START.plusSeconds(61), 1) == 1) {
            // Keys of other tests go too.
        }

        assertEquals(List.of(Tries.NONE, Tries.NONE, TWO), read(key("a"), key("b"), key("c")));
    }

    @Test
    void tenThousandAddressesAtTwoInstancesGetNoFurtherThanTheAccountsAllowance() {
        var clock = new TestClock(START);
        List<LoginGuard> instances = List.of(guard(clock), guard(clock));
        String account = "password ada@" + number;
        var knownDevice = new Attempt(account, ClientAddress.parse("192.0.2.1"), "tablet");
        int guesses = 0;

        for (int i = 0; i < 10_000; i++) {
            LoginGuard instance = instances.get(i % 2);
            var attempt = new Attempt(account, ClientAddress.parse("10." + i / 250 + "." + i % 250 + ".1"), null);
            if (instance.decide(attempt) instanceof Allowed) {
                instance.failed(attempt);
                guesses++;
            }
            clock.advance(Duration.ofMillis(10));
        }

        // A hundred are free, and in the hundred seconds there is one more after 1, 2, 4, 8, 16 and 32 seconds each.
        assertEquals(106, guesses);
        assertEquals(new Allowed(), instances.get(0).decide(knownDevice));
    }

    @Test
    void triesAtTheSameTimeAtTwoInstancesGetNoFurtherThanTriesInARow() {
        var clock = new TestClock(START);
        List<LoginGuard> instances = List.of(guard(clock), guard(clock));
        var attempt = new Attempt("password eve@" + number, ClientAddress.parse("198.51.100.7"), null);
        var turn = new AtomicInteger();

        List<Integer> allowed = Race.of(8, () -> {
            int mine = 0;
            for (int i = 0; i < 5; i++) {
                LoginGuard instance = instances.get(turn.getAndIncrement() % 2);
                mine += instance.decide(attempt) instanceof Allowed ? 1 : 0;
            }
            return mine;
        });

        assertEquals(5, allowed.stream().mapToInt(Integer::intValue).sum());
    }

    private LoginGuard guard(TestClock clock) {
        return LoginGuard.of(AttemptPolicy.standard(), store(), ServerSecret.of(new byte[32]), clock);
    }

    private List<Tries> read(String... keys) {
        return store.update(List.of(keys), all -> all);
    }

    private String key(String name) {
        return name + "-" + number;
    }

    private static UnaryOperator<List<Tries>> each(UnaryOperator<Tries> change) {
        return all -> all.stream().map(change).toList();
    }

    private static Instant later(Tries tries, int seconds) {
        return (tries.equals(Tries.NONE) ? START : tries.regainedAt()).plusSeconds(seconds);
    }
}
