// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What is the table's own; the laws that every store keeps are in the contract. */
class InMemoryRateLimitStoreTest {

    private static final long NOW = 1_795_000_000_000_000L;
    private static final long SECOND = 1_000_000;
    private static final long WINDOW = 60 * SECOND;
    private static final long HOUR = 3_600 * SECOND;

    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void takesNoMoreRoomForTwoHundredThousandKeys() {
        var store = new InMemoryRateLimitStore(1_000, random);

        random.longs(200_000).forEach(key -> take(store, key, SECOND, NOW));

        assertEquals(1_024, store.capacity());
        assertTrue(store.forgotten() > 190_000, store.forgotten() + " forgotten");
    }

    @Test
    void takesNoMemoryForAMillionKeys() {
        var store = new InMemoryRateLimitStore(1_000, random);
        long[] keys = random.longs(1_000_000).toArray();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long before = threads.getCurrentThreadAllocatedBytes();
        for (long key : keys) {
            store.take(key, SECOND, WINDOW, NOW);
        }
        long taken = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(taken < keys.length, taken + " bytes for " + keys.length + " keys");
    }

    @Test
    void remembersWhoHasNoPermitsLeftThroughAFlood() {
        var store = new InMemoryRateLimitStore(1_000, random);
        long[] guilty = random.longs(100).toArray();
        LongStream.of(guilty).forEach(key -> take(store, key, WINDOW, NOW));

        random.longs(200_000).forEach(key -> take(store, key, SECOND, NOW));

        assertTrue(LongStream.of(guilty).allMatch(key -> take(store, key, SECOND, NOW) < 0));
    }

    @Test
    void givesTheRoomOfThoseWhoHaveAllPermitsBackFirst() {
        var store = new InMemoryRateLimitStore(8, random);
        long[] idle = random.longs(7).toArray();
        LongStream.of(idle).forEach(key -> take(store, key, SECOND, NOW));
        take(store, 1, 5 * SECOND, NOW);

        long[] fresh = random.longs(7).toArray();
        LongStream.of(fresh).forEach(key -> take(store, key, SECOND, NOW + 2 * SECOND));

        assertEquals(0, store.forgotten());
        assertEquals(4 * SECOND, take(store, 1, SECOND, NOW + 2 * SECOND));
    }

    /** However full the table is: whoever asks for the first time has all permits. */
    @Test
    void refusesNobodyForWhatOthersHaveUsed() {
        var store = new InMemoryRateLimitStore(1_000, random);

        assertTrue(random.longs(200_000).allMatch(key -> take(store, key, WINDOW, NOW) == WINDOW));
    }

    @Test
    void keepsItsLawsWhileKeysTakeEachOthersRoom() throws Exception {
        var store = new InMemoryRateLimitStore(8, random);
        long guilty = random.nextLong();
        take(store, guilty, WINDOW, NOW);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        Callable<Boolean> flood = () -> {
            var keys = new SplittableRandom(Thread.currentThread().getId());
            boolean lawful = true;
            for (int i = 0; i < 50_000; i++) {
                lawful &= take(store, keys.nextLong(), SECOND, NOW) == SECOND;
                lawful &= take(store, guilty, SECOND, NOW) < 0;
            }
            return lawful;
        };
        try {
            for (var flooded : threads.invokeAll(Collections.nCopies(4, flood))) {
                assertTrue(flooded.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Each key has a cost of its own, a prime, so whoever is charged with another's is found out. */
    @Test
    void chargesNobodyForAnotherWhileKeysTakeEachOthersRoom() throws Exception {
        var store = new InMemoryRateLimitStore(8, random);
        int[] primes = {1009, 1013, 1019, 1021, 1031, 1033, 1039, 1049, 1051, 1061, 1063, 1069};
        ExecutorService threads = Executors.newFixedThreadPool(4);
        Callable<Long> asker = () -> {
            var which = new SplittableRandom(Thread.currentThread().getId());
            return which.ints(100_000, 0, primes.length)
                    .filter(i -> take(store, i + 1, primes[i], Long.MAX_VALUE / 4, NOW) % primes[i] != 0)
                    .count();
        };
        try {
            for (var asked : threads.invokeAll(Collections.nCopies(4, asker))) {
                assertEquals(0, asked.get());
            }
        } finally {
            threads.shutdownNow();
        }
        assertTrue(store.forgotten() > 0);
    }

    /** What a thread does that found its key just before the slot changed hands. */
    @Test
    void believesNoTimeOfASlotThatHasChangedHands() {
        var store = new InMemoryRateLimitStore(1, random);
        take(store, 1, SECOND, NOW);
        int slot = store.find(1);
        assertEquals(NOW + SECOND, store.time(slot, 1));

        LongStream.rangeClosed(2, 9).forEach(key -> take(store, key, 2 * SECOND, NOW));

        assertEquals(InMemoryRateLimitStore.MOVING, store.time(slot, 1));
    }

    /** All of them have seen that it is not there, and wait for its bucket, before the first lets it in. */
    @Test
    void letsAKeyInOnceWhenManyBringItAtOnce() throws Exception {
        var store = new InMemoryRateLimitStore();
        var taken = new AtomicInteger();
        List<Thread> bringers = Stream.generate(() -> new Thread(() -> {
                    if (take(store, 7, WINDOW, NOW) >= 0) {
                        taken.incrementAndGet();
                    }
                }))
                .limit(4)
                .toList();

        synchronized (store.lock(7)) {
            for (Thread bringer : bringers) {
                bringer.start();
                while (bringer.getState() != Thread.State.BLOCKED) {
                    Thread.onSpinWait();
                }
            }
        }
        for (Thread bringer : bringers) {
            bringer.join();
        }

        assertEquals(1, taken.get());
    }

    /** An event of a subject's day: the clock goes on, or is set by between an hour back and a day forth. */
    record Event(long gap, boolean jump) {}

    /**
     * Whatever the clock does: nobody waits longer than their debt can last, and between two jumps nobody gets more
     * than their permits and what came back.
     */
    @Property
    void keepsItsPromisesWhateverTheClockDoes(
            @ForAll @IntRange(min = 1, max = 20) int permits, @ForAll("days") List<Event> day) {
        var store = new InMemoryRateLimitStore(64, new SplittableRandom(1));
        long interval = WINDOW / permits;
        long window = interval * permits;
        var admitted = new ArrayDeque<Long>();
        long now = NOW;

        for (Event event : day) {
            now += event.gap;
            if (event.jump) {
                admitted.clear();
            }
            long outcome = take(store, 1, interval, window, now);
            if (outcome >= 0) {
                admitted.add(now);
            }
            long start = now - window;
            admitted.removeIf(time -> time <= start);
            assertTrue(admitted.size() <= 2 * permits, admitted.size() + " in a window of " + permits);
            assertTrue(outcome >= -window - interval, "would have to wait " + -outcome);
        }
        assertTrue(take(store, 1, interval, window, now + window + interval) >= 0);
    }

    @Provide
    Arbitrary<List<Event>> days() {
        Arbitrary<Event> passing = Arbitraries.longs().between(0, 20 * SECOND).map(gap -> new Event(gap, false));
        Arbitrary<Event> jumping = Arbitraries.longs().between(-HOUR, 24 * HOUR).map(gap -> new Event(gap, true));
        return Arbitraries.frequencyOf(Tuple.of(9, passing), Tuple.of(1, jumping))
                .list()
                .ofMinSize(1)
                .ofMaxSize(200);
    }

    /** The same answers as the algorithm in plain words, while the limit and its cost change. */
    @Property
    void agreesWithTheAlgorithmInPlainWords(@ForAll("asks") List<Ask> asks) {
        var store = new InMemoryRateLimitStore(64, new SplittableRandom(1));
        long arrival = 0;
        long now = NOW;

        for (Ask ask : asks) {
            now += ask.gap;
            long start = Math.min(Math.max(arrival, now), now + 2 * ask.window);
            long expected = start + ask.cost - now;
            boolean fits = expected <= ask.window;
            arrival = fits ? start + ask.cost : arrival > now ? start : arrival;

            assertEquals(
                    fits ? expected : ask.window - expected, take(store, 1, ask.cost, ask.window, now), ask::toString);
        }
    }

    record Ask(long gap, long cost, long window) {}

    @Provide
    Arbitrary<List<Ask>> asks() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 100),
                        Arbitraries.longs().between(0, 60),
                        Arbitraries.longs().between(60, 600))
                .as(Ask::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(100);
    }

    @Test
    void namesTheNumberOfKeysThatItHasNoRoomFor() {
        assertEquals(
                "keys must be 1 to 67,108,864, was 0",
                assertThrows(IllegalArgumentException.class, () -> new InMemoryRateLimitStore(0))
                        .getMessage());
    }

    @Test
    void hashesUnlikeAnyOtherStore() {
        assertFalse(Arrays.equals(new InMemoryRateLimitStore(8).hashKey(), new InMemoryRateLimitStore(8).hashKey()));
    }

    private static long take(RateLimitStore store, long key, long cost, long now) {
        return take(store, key, cost, WINDOW, now);
    }

    private static long take(RateLimitStore store, long key, long cost, long window, long now) {
        var bands = new Bands(1);
        bands.add(key, cost, window);
        store.take(bands, now);
        return bands.outcome(0);
    }
}
