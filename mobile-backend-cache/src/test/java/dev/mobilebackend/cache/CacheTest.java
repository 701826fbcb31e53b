// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CacheTest {

    private final TestClock clock = new TestClock();
    private final TestSource source = new TestSource();
    private final Cache<Integer, String> cache = products().build(source);

    @Test
    void asksTheSourceOnceWhileTheValueLives() {
        source.set(42, "pear");

        Optional<String> first = cache.get(42);
        source.set(42, "plum");
        clock.advance(ofMillis(59_999));
        Optional<String> second = cache.get(42);

        assertEquals(Optional.of("pear"), first);
        assertEquals(Optional.of("pear"), second);
        assertEquals(1, source.asked());
    }

    @Test
    void asksAgainOnceTheTimeToLiveIsOver() {
        source.set(42, "pear");
        cache.get(42);
        source.set(42, "plum");

        clock.advance(ofMinutes(1));

        assertEquals(Optional.of("plum"), cache.get(42));
    }

    @Test
    void countsTheTimeToLiveFromTheStartOfTheLoad() {
        source.set(42, "pear");
        Cache<Integer, String> slow = products().build(key -> {
            clock.advance(ofSeconds(20));
            return source.apply(key);
        });
        slow.get(42);

        clock.advance(ofSeconds(40));
        slow.get(42);

        assertEquals(2, source.asked());
    }

    @Test
    void asksAgainWhenTheClockWasSetBackBeforeTheValueWasRead() {
        source.set(42, "pear");
        cache.get(42);
        source.set(42, "plum");

        clock.advance(ofMinutes(-60));

        assertEquals(Optional.of("plum"), cache.get(42));
    }

    @Test
    void loadsOnTheThreadThatAsks() {
        var loadedOn = new AtomicReference<Thread>();
        Cache<Integer, String> observed = products().build(key -> {
            loadedOn.set(Thread.currentThread());
            return Optional.empty();
        });

        observed.get(42);

        assertSame(Thread.currentThread(), loadedOn.get());
    }

    @Test
    void remembersAnAbsentThingForItsOwnTime() {
        Cache<Integer, String> remembering = products().absentFor(ofSeconds(5)).build(source);

        remembering.get(42);
        clock.advance(ofMillis(4_999));
        Optional<String> remembered = remembering.get(42);
        int askedMeanwhile = source.asked();
        clock.advance(ofMillis(1));
        remembering.get(42);

        assertEquals(Optional.empty(), remembered);
        assertEquals(1, askedMeanwhile);
        assertEquals(2, source.asked());
    }

    @Test
    void asksForAnAbsentThingEachTimeWhereNothingElseWasSaid() {
        cache.get(42);

        cache.get(42);

        assertEquals(2, source.asked());
    }

    @Test
    void anAbsentThingThatIsNotRememberedTakesNoRoom() {
        Cache<Integer, String> small = products().maximumSize(10).build(source);
        IntStream.range(0, 10).forEach(key -> source.set(key, "pear"));
        IntStream.range(0, 10).forEach(small::get);

        IntStream.range(1_000, 2_000).forEach(small::get);
        int askedBefore = source.asked();
        IntStream.range(0, 10).forEach(small::get);

        assertEquals(askedBefore, source.asked());
    }

    @Test
    void invalidatingForgetsOneKey() {
        source.set(1, "pear");
        source.set(2, "fig");
        cache.get(1);
        cache.get(2);
        source.set(1, "plum");
        source.set(2, "date");

        cache.invalidate(1);

        assertEquals(Optional.of("plum"), cache.get(1));
        assertEquals(Optional.of("fig"), cache.get(2));
    }

    @Test
    void invalidatingAllForgetsEveryKey() {
        source.set(1, "pear");
        source.set(2, "fig");
        cache.get(1);
        cache.get(2);
        source.set(1, "plum");
        source.set(2, "date");

        cache.invalidateAll();

        assertEquals(Optional.of("plum"), cache.get(1));
        assertEquals(Optional.of("date"), cache.get(2));
    }

    @Test
    void keepsWhatIsPutForItsOwnTime() {
        source.set(42, "plum");

        cache.put(42, "pear", ofSeconds(10));
        clock.advance(ofMillis(9_999));
        Optional<String> put = cache.get(42);
        clock.advance(ofMillis(1));
        Optional<String> loaded = cache.get(42);

        assertEquals(Optional.of("pear"), put);
        assertEquals(Optional.of("plum"), loaded);
    }

    @Test
    void keepsNoMoreThanItsMaximumSize() {
        Cache<Integer, String> small = products().maximumSize(100).build(source);
        IntStream.range(0, 1_000).forEach(key -> source.set(key, "pear"));

        IntStream.range(0, 1_000).forEach(small::get);
        IntStream.range(0, 1_000).forEach(small::get);

        assertTrue(source.asked() >= 1_900, () -> "asked only " + source.asked() + " times");
    }

    @Test
    void countsWhatItDoes() {
        source.set(42, "pear");
        cache.get(42);
        cache.get(42);
        cache.get(42);
        cache.get(43);

        CacheStatistics statistics = cache.statistics();

        assertEquals(new CacheStatistics(2, 2, 2, 0, 0), statistics);
    }

    @Test
    void allocatesNothingForAHit() {
        source.set(1, "pear");
        Integer key = 1;
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        askOften(key);

        long before = threads.getCurrentThreadAllocatedBytes();
        askOften(key);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertTrue(allocated < 50_000, () -> "50,000 hits allocated " + allocated + " bytes");
    }

    private void askOften(Integer key) {
        for (int i = 0; i < 50_000; i++) {
            cache.get(key);
        }
    }

    private Cache.Builder<Integer, String> products() {
        return Cache.<Integer, String>named("products")
                .maximumSize(10_000)
                .timeToLive(ofMinutes(1))
                .jitter(0)
                .clock(clock);
    }
}
