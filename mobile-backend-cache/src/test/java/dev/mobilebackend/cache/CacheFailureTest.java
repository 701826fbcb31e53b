// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.cache;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.cache.TestSource.SourceDown;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CacheFailureTest {

    private final TestClock clock = new TestClock();
    private final TestSource source = new TestSource();
    private final CapturedLog log = new CapturedLog();
    private final Cache<Integer, String> cache =
            products().staleOnError(ofMinutes(10)).build(source);

    @AfterEach
    void closeLog() {
        log.close();
    }

    @Test
    void aFailureReachesTheCallerAndIsNotKept() {
        source.set(42, "pear");
        source.breakDown();

        assertThrows(SourceDown.class, () -> cache.get(42));
        source.repair();

        assertEquals(Optional.of("pear"), cache.get(42));
    }

    @Test
    void servesTheOldValueWhileTheSourceFails() {
        source.set(42, "pear");
        cache.get(42);
        source.breakDown();

        clock.advance(ofMinutes(5));

        assertEquals(Optional.of("pear"), cache.get(42));
    }

    @Test
    void asksAFailingSourceOnceAPause() {
        source.set(42, "pear");
        cache.get(42);
        source.breakDown();
        clock.advance(ofMinutes(5));

        cache.get(42);
        clock.advance(ofMillis(4_999));
        cache.get(42);
        int askedWithinThePause = source.asked();
        clock.advance(ofMillis(1));
        cache.get(42);

        assertEquals(2, askedWithinThePause);
        assertEquals(3, source.asked());
    }

    @Test
    void servesTheNewValueAPauseAfterTheSourceIsBack() {
        source.set(42, "pear");
        cache.get(42);
        source.breakDown();
        clock.advance(ofMinutes(5));
        cache.get(42);
        source.set(42, "plum");
        source.repair();

        clock.advance(ofSeconds(5));

        assertEquals(Optional.of("plum"), cache.get(42));
    }

    @Test
    void servesNoOldValuePastTheStaleLimit() {
        source.set(42, "pear");
        cache.get(42);
        source.breakDown();
        clock.advance(ofMinutes(11).minusMillis(1));
        Optional<String> atTheLastMoment = cache.get(42);

        clock.advance(ofMillis(1));

        assertEquals(Optional.of("pear"), atTheLastMoment);
        assertThrows(SourceDown.class, () -> cache.get(42));
    }

    @Test
    void servesNoOldValueWhereNothingElseWasSaid() {
        Cache<Integer, String> strict = products().build(source);
        source.set(42, "pear");
        strict.get(42);
        source.breakDown();

        clock.advance(ofMinutes(1));

        assertThrows(SourceDown.class, () -> strict.get(42));
    }

    @Test
    void anInvalidatedValueDoesNotStandIn() {
        source.set(42, "pear");
        cache.get(42);
        source.breakDown();

        cache.invalidate(42);

        assertThrows(SourceDown.class, () -> cache.get(42));
    }

    @Test
    void aValueThatTheSourceHasLostDoesNotStandIn() {
        source.set(42, "pear");
        cache.get(42);
        source.remove(42);
        clock.advance(ofMinutes(1));
        cache.get(42);

        source.breakDown();

        assertThrows(SourceDown.class, () -> cache.get(42));
    }

    @Test
    void anAbsentThingDoesNotStandIn() {
        Cache<Integer, String> remembering =
                products().staleOnError(ofMinutes(10)).absentFor(ofSeconds(5)).build(source);
        remembering.get(42);
        source.breakDown();

        clock.advance(ofSeconds(5));

        assertThrows(SourceDown.class, () -> remembering.get(42));
    }

    @Test
    void anErrorIsNeverHiddenBehindAnOldValue() {
        Cache<Integer, String> cache = products().staleOnError(ofMinutes(10)).build(key -> {
            if (source.apply(key).isEmpty()) {
                throw new LinkageError("a class is missing");
            }
            return Optional.of("pear");
        });
        source.set(42, "pear");
        cache.get(42);
        source.remove(42);

        clock.advance(ofMinutes(1));

        assertThrows(LinkageError.class, () -> cache.get(42));
    }

    @Test
    void aLoaderThatReturnsNullIsNamed() {
        Cache<Integer, String> cache = products().build(key -> null);

        var failure = assertThrows(NullPointerException.class, () -> cache.get(42));

        assertEquals("the loader of cache products returned null; return Optional.empty()", failure.getMessage());
    }

    @Test
    void saysOnceAPauseThatOldValuesAreServed() {
        source.set(1, "pear");
        source.set(2, "fig");
        cache.get(1);
        cache.get(2);
        source.breakDown();
        clock.advance(ofMinutes(1));

        cache.get(1);
        cache.get(2);
        List<String> firstPause = log.warnings();
        clock.advance(ofSeconds(5));
        cache.get(1);

        assertEquals(1, firstPause.size());
        assertTrue(firstPause.get(0).contains("cache products fails"), () -> firstPause.get(0));
        assertEquals(2, log.warnings().size());
    }

    @Test
    void countsFailuresAndOldValues() {
        source.set(42, "pear");
        cache.get(42);
        source.breakDown();
        clock.advance(ofMinutes(1));
        cache.get(42);
        cache.get(42);

        CacheStatistics statistics = cache.statistics();

        assertEquals(new CacheStatistics(0, 2, 1, 1, 2), statistics);
    }

    private Cache.Builder<Integer, String> products() {
        return Cache.<Integer, String>named("products")
                .maximumSize(10_000)
                .timeToLive(ofMinutes(1))
                .jitter(0)
                .clock(clock);
    }
}
