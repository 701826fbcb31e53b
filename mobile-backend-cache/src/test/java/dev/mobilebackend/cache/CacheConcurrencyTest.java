// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import static java.time.Duration.ofMinutes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.cache.TestSource.SourceDown;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each race is led step by step: a load stops in the middle until the test lets it go on. */
@Timeout(60)
final class CacheConcurrencyTest {

    private final TestClock clock = new TestClock();
    private final TestSource source = new TestSource();
    private final Gate gate = new Gate();

    @Test
    void aLoadOvertakenByAnInvalidationIsNotKept() throws Exception {
        Cache<Integer, String> cache = products().build(readThenStopAtGate());
        source.set(42, "old");
        Asking loading = Asking.start(() -> cache.get(42));
        gate.awaitArrival();
        source.set(42, "new");

        cache.invalidate(42);
        gate.open();

        assertEquals(Optional.of("old"), loading.answer());
        assertEquals(Optional.of("new"), cache.get(42));
    }

    @Test
    void aLoadOvertakenByInvalidatingAllIsNotKept() throws Exception {
        Cache<Integer, String> cache = products().build(readThenStopAtGate());
        source.set(42, "old");
        Asking loading = Asking.start(() -> cache.get(42));
        gate.awaitArrival();
        source.set(42, "new");

        cache.invalidateAll();
        gate.open();
        loading.answer();

        assertEquals(Optional.of("new"), cache.get(42));
    }

    @Test
    void aLoadOvertakenByAPutIsNotKept() throws Exception {
        Cache<Integer, String> cache = products().build(readThenStopAtGate());
        source.set(42, "old");
        Asking loading = Asking.start(() -> cache.get(42));
        gate.awaitArrival();

        cache.put(42, "put", ofMinutes(1));
        gate.open();
        loading.answer();

        assertEquals(Optional.of("put"), cache.get(42));
    }

    @Test
    void whoAsksAfterAnInvalidationDoesNotJoinTheLoadBeforeIt() throws Exception {
        Cache<Integer, String> cache = products().build(readThenStopAtGate());
        source.set(42, "old");
        Asking loading = Asking.start(() -> cache.get(42));
        gate.awaitArrival();
        source.set(42, "new");

        cache.invalidate(42);
        Optional<String> afterwards = cache.get(42);
        gate.open();
        loading.answer();

        assertEquals(Optional.of("new"), afterwards);
        assertEquals(Optional.of("new"), cache.get(42));
    }

    @Test
    void aLoadThatLandsAfterItsSuccessorTookOffIsNotKeptEither() throws Exception {
        var secondGate = new Gate();
        Cache<Integer, String> cache = products().build(key -> {
            Optional<String> read = source.apply(key);
            (read.equals(Optional.of("old")) ? gate : secondGate).pass();
            return read;
        });
        source.set(42, "old");
        Asking first = Asking.start(() -> cache.get(42));
        gate.awaitArrival();
        source.set(42, "new");
        cache.invalidate(42);
        Asking second = Asking.start(() -> cache.get(42));
        secondGate.awaitArrival();

        gate.open();
        first.answer();
        Asking third = Asking.start(() -> cache.get(42)).untilItWaits();
        secondGate.open();

        assertEquals(Optional.of("new"), second.answer());
        assertEquals(Optional.of("new"), third.answer());
        assertEquals(2, source.asked());
    }

    @Test
    void aFailingLoadOvertakenByAnInvalidationDoesNotBringTheOldValueBack() throws Exception {
        Cache<Integer, String> cache = products().staleOnError(ofMinutes(10)).build(stopAtGateThenRead());
        source.set(42, "old");
        gate.letPass(() -> cache.get(42));
        source.breakDown();
        clock.advance(ofMinutes(1));
        Asking loading = Asking.start(() -> cache.get(42));
        gate.awaitArrival();

        cache.invalidate(42);
        gate.open();

        assertInstanceOf(SourceDown.class, loading.failure());
        assertThrows(SourceDown.class, () -> cache.get(42));
    }

    @Test
    void whoWaitsForAFailingLoadGetsItsFailure() throws Exception {
        Cache<Integer, String> cache = products().build(stopAtGateThenRead());
        source.breakDown();
        Asking loading = Asking.start(() -> cache.get(42));
        gate.awaitArrival();
        Asking waiting = Asking.start(() -> cache.get(42)).untilItWaits();

        gate.open();

        assertInstanceOf(SourceDown.class, loading.failure());
        assertSame(loading.failure(), waiting.failure());
        assertEquals(1, source.asked());
    }

    @Test
    void whoWaitsForAFailingLoadGetsTheOldValueWhereThereIsOne() throws Exception {
        Cache<Integer, String> cache = products().staleOnError(ofMinutes(10)).build(stopAtGateThenRead());
        source.set(42, "old");
        gate.letPass(() -> cache.get(42));
        source.breakDown();
        clock.advance(ofMinutes(1));
        try (var log = new CapturedLog()) {
            Asking loading = Asking.start(() -> cache.get(42));
            gate.awaitArrival();
            Asking waiting = Asking.start(() -> cache.get(42)).untilItWaits();

            gate.open();

            assertEquals(Optional.of("old"), loading.answer());
            assertEquals(Optional.of("old"), waiting.answer());
            assertEquals(2, cache.statistics().staleServed());
            assertEquals(1, log.warnings().size());
        }
    }

    @Test
    void whoIsInterruptedWhileWaitingGetsOutWithTheFlagSet() throws Exception {
        Cache<Integer, String> cache = products().build(stopAtGateThenRead());
        source.set(42, "pear");
        var flagKept = new AtomicBoolean();
        Asking loading = Asking.start(() -> cache.get(42));
        gate.awaitArrival();
        Asking waiting = Asking.start(() -> {
                    try {
                        return cache.get(42);
                    } finally {
                        flagKept.set(Thread.currentThread().isInterrupted());
                    }
                })
                .untilItWaits();

        waiting.interrupt();

        assertInstanceOf(CancellationException.class, waiting.failure());
        assertTrue(flagKept.get());
        gate.open();
        assertEquals(Optional.of("pear"), loading.answer());
    }

    @Test
    void aLoadThatLandedBetweenThisThreadsLookAndItsTakeOffIsNotRepeated() {
        var afterTheLook = new AtomicReference<Runnable>(() -> {});
        InstantSource interrupting = () -> {
            afterTheLook.getAndSet(() -> {}).run();
            return clock.instant();
        };
        Cache<Integer, String> cache = products().clock(interrupting).build(source);
        source.set(42, "old");
        cache.get(42);
        clock.advance(ofMinutes(1));
        source.set(42, "new");
        int askedBefore = source.asked();

        afterTheLook.set(() -> cache.get(42));
        Optional<String> answer = cache.get(42);

        assertEquals(Optional.of("new"), answer);
        assertEquals(1, source.asked() - askedBefore);
    }

    @Test
    void loadsOfOtherKeysDoNotWait() throws Exception {
        Cache<Integer, String> cache =
                products().build(key -> key == 1 ? readThenStopAtGate().apply(key) : source.apply(key));
        source.set(2, "fig");
        Asking loading = Asking.start(() -> cache.get(1));
        gate.awaitArrival();

        Optional<String> other = cache.get(2);

        assertEquals(Optional.of("fig"), other);
        gate.open();
        loading.answer();
    }

    @Test
    void aLoaderMayAskForAnotherKey() {
        var self = new CompletableFuture<Cache<Integer, String>>();
        Cache<Integer, String> cache =
                products().build(key -> key == 1 ? self.join().get(2) : source.apply(key));
        self.complete(cache);
        source.set(2, "fig");

        Optional<String> answer = cache.get(1);

        assertEquals(Optional.of("fig"), answer);
    }

    @Test
    void aLoaderThatAsksForItsOwnKeyFails() {
        var self = new CompletableFuture<Cache<Integer, String>>();
        Cache<Integer, String> cache = products().build(key -> self.join().get(key));
        self.complete(cache);

        var failure = assertThrows(IllegalStateException.class, () -> cache.get(42));

        assertEquals(
                "the loader of cache products waits for itself: it asks, straight or through other loads, for a key"
                        + " that it is loading",
                failure.getMessage());
    }

    @Test
    void loadersThatWaitForEachOtherFail() throws Exception {
        var self = new CompletableFuture<Cache<Integer, String>>();
        var bothLoad = new CyclicBarrier(2);
        Cache<Integer, String> cache = products().build(key -> {
            meet(bothLoad);
            return self.join().get(3 - key);
        });
        self.complete(cache);

        Asking one = Asking.start(() -> cache.get(1));
        Asking two = Asking.start(() -> cache.get(2));

        assertInstanceOf(IllegalStateException.class, one.failure());
        assertInstanceOf(IllegalStateException.class, two.failure());
    }

    private Function<Integer, Optional<String>> readThenStopAtGate() {
        return key -> {
            Optional<String> read = source.apply(key);
            gate.pass();
            return read;
        };
    }

    private Function<Integer, Optional<String>> stopAtGateThenRead() {
        return key -> {
            gate.pass();
            return source.apply(key);
        };
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception broken) {
            throw new AssertionError("the loads did not meet", broken);
        }
    }

    private Cache.Builder<Integer, String> products() {
        return Cache.<Integer, String>named("products")
                .maximumSize(10_000)
                .timeToLive(ofMinutes(1))
                .clock(clock);
    }
}
