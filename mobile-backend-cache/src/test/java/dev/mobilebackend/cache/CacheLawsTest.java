// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.ambient.Ambient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

final class CacheLawsTest {

    private static final long TIME_TO_LIVE = 1_000;
    private static final long STALE_ON_ERROR = 3_000;
    private static final long ABSENT_FOR = 200;
    private static final long RETRY_EVERY = 150;

    @Property(tries = 30)
    void threadsThatAskForOneColdKeyCauseOneLoad(@ForAll @IntRange(min = 2, max = 24) int threads) throws Exception {
        var loads = new AtomicInteger();
        var self = new AtomicReference<Cache<Integer, String>>();
        Cache<Integer, String> cache = Cache.<Integer, String>named("products")
                .maximumSize(10)
                .timeToLive(ofMillis(TIME_TO_LIVE))
                .clock(new TestClock())
                .build(key -> {
                    while (self.get().statistics().misses() < threads) {
                        Thread.yield();
                    }
                    return Optional.of("load " + loads.incrementAndGet());
                });
        self.set(cache);

        Set<Optional<String>> answers = new HashSet<>();
        ExecutorService pool = Executors.newFixedThreadPool(threads, Ambient.workerThreads("asking"));
        try {
            List<Future<Optional<String>>> asked = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                asked.add(pool.submit(() -> cache.get(42)));
            }
            for (Future<Optional<String>> answer : asked) {
                answers.add(answer.get());
            }
        } finally {
            pool.shutdownNow();
        }

        assertEquals(Set.of(Optional.of("load 1")), answers);
        assertEquals(1, loads.get());
    }

    @Property
    void jitterShortensATimeToLiveByNoMoreThanItsPart(
            @ForAll @LongRange(min = 1, max = 1_000_000) long timeToLive,
            @ForAll @IntRange(max = 99) int percent,
            @ForAll long seed) {
        var clock = new TestClock();
        var loads = new AtomicInteger();
        Cache<Integer, String> cache = Cache.<Integer, String>named("products")
                .maximumSize(10)
                .timeToLive(ofMillis(timeToLive))
                .jitter(percent / 100.0)
                .clock(clock)
                .random(new Random(seed))
                .build(key -> Optional.of("load " + loads.incrementAndGet()));
        long shortest = (long) Math.ceil(timeToLive * (100 - percent) / 100.0);
        cache.get(42);

        clock.advance(ofMillis(shortest - 1));
        Optional<String> beforeTheShortest = cache.get(42);
        clock.advance(ofMillis(timeToLive - shortest + 1));
        Optional<String> afterTheLongest = cache.get(42);

        assertEquals(Optional.of("load 1"), beforeTheShortest);
        assertEquals(Optional.of("load 2"), afterTheLongest);
    }

    @Property(tries = 2_000)
    void noAnswerOutlivesItsTime(@ForAll("histories") List<Step> history, @ForAll long seed) {
        try (var log = new CapturedLog()) {
            var world = new World(seed);

            history.forEach(step -> step.happenIn(world));

            assertTrue(log.warnings().size() <= world.failures);
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Integer> keys = Arbitraries.integers().between(1, 3);
        Arbitrary<Step> pass = Arbitraries.longs().between(0, 1_500).map(time -> world -> world.pass(time));
        Arbitrary<Step> ask = keys.map(key -> world -> world.ask(key));
        Arbitrary<Step> put = keys.map(key -> world -> world.put(key));
        Arbitrary<Step> invalidate = keys.map(key -> world -> world.invalidate(key));
        Arbitrary<Step> toggle = keys.map(key -> world -> world.addOrRemove(key));
        Arbitrary<Step> fail = Arbitraries.of(true, false).map(broken -> world -> world.broken = broken);
        return Arbitraries.frequencyOf(
                        Tuple.of(8, ask),
                        Tuple.of(6, pass),
                        Tuple.of(1, put),
                        Tuple.of(1, invalidate),
                        Tuple.of(1, toggle),
                        Tuple.of(2, fail))
                .list()
                .ofMaxSize(60);
    }

    @FunctionalInterface
    interface Step {
        void happenIn(World world);
    }

    /** A value that knows when it was read, for how long it may answer, and how many were read before it. */
    record Reading(long readAt, long timeToLive, int number) {}

    /** The cache under test, its source, and what each answer is held against. */
    static final class World {

        private final TestClock clock = new TestClock();
        private final Map<Integer, Boolean> removed = new HashMap<>();
        private final Map<Integer, Long> failedAt = new HashMap<>();
        private final Map<Integer, Long> foundAbsentAt = new HashMap<>();
        private final Map<Integer, Integer> forgottenUpTo = new HashMap<>();
        private final Cache<Integer, Reading> cache;
        private int readings;
        private int failures;
        private boolean broken;

        World(long seed) {
            cache = Cache.<Integer, Reading>named("products")
                    .maximumSize(10)
                    .timeToLive(ofMillis(TIME_TO_LIVE))
                    .staleOnError(ofMillis(STALE_ON_ERROR))
                    .retryEvery(ofMillis(RETRY_EVERY))
                    .absentFor(ofMillis(ABSENT_FOR))
                    .clock(clock)
                    .random(new Random(seed))
                    .build(this::read);
        }

        private Optional<Reading> read(int key) {
            if (broken) {
                failures++;
                failedAt.put(key, clock.millis());
                throw new TestSource.SourceDown();
            }
            if (removed.getOrDefault(key, false)) {
                foundAbsentAt.put(key, clock.millis());
                forgottenUpTo.put(key, readings);
                return Optional.empty();
            }
            return Optional.of(new Reading(clock.millis(), TIME_TO_LIVE, ++readings));
        }

        void ask(int key) {
            long now = clock.millis();
            Optional<Reading> answer;
            try {
                answer = cache.get(key);
            } catch (TestSource.SourceDown failed) {
                assertTrue(broken, "a failure was kept");
                return;
            }
            answer.ifPresentOrElse(reading -> check(key, reading, now), () -> {
                long age = now - foundAbsentAt.getOrDefault(key, Long.MIN_VALUE / 2);
                assertTrue(age < ABSENT_FOR, () -> "absent for " + age + " ms");
            });
        }

        private void check(int key, Reading reading, long now) {
            long age = now - reading.readAt();
            long sinceFailure = now - failedAt.getOrDefault(key, Long.MIN_VALUE / 2);
            assertTrue(
                    age < reading.timeToLive() || sinceFailure < RETRY_EVERY,
                    () -> "answered at an age of " + age + " ms without a failure");
            assertTrue(age < reading.timeToLive() + STALE_ON_ERROR, () -> "answered at an age of " + age + " ms");
            assertTrue(reading.number() > forgottenUpTo.getOrDefault(key, 0), "answered with a forgotten value");
        }

        void put(int key) {
            cache.put(key, new Reading(clock.millis(), 500, ++readings), ofMillis(500));
        }

        void invalidate(int key) {
            cache.invalidate(key);
            forgottenUpTo.put(key, readings);
            foundAbsentAt.remove(key);
        }

        void addOrRemove(int key) {
            removed.merge(key, true, (was, same) -> !was);
        }

        void pass(long millis) {
            clock.advance(ofMillis(millis));
        }
    }
}
