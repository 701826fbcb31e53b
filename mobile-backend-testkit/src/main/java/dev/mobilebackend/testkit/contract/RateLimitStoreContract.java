// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.ratelimit.Bands;
import dev.mobilebackend.core.ratelimit.RateLimitStore;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link RateLimitStore} must do. Limits here have six permits a minute, unless they say otherwise. */
public abstract class RateLimitStoreContract {

    private static final long NOW = 1_795_000_000_000_000L;
    private static final long SECOND = 1_000_000;
    private static final long INTERVAL = 10 * SECOND;
    private static final long WINDOW = 60 * SECOND;
    private static final long PHONE = 0x1234_5678_9abc_def0L;
    private static final long TABLET = 0x0fed_cba9_8765_4321L;

    private RateLimitStore store;

    protected RateLimitStoreContract() {}

    /** An empty store. */
    protected abstract RateLimitStore store();

    @BeforeEach
    void open() {
        store = store();
    }

    @Test
    void hasSixteenSecretBytesThatStayTheSame() {
        byte[] first = store.hashKey();
        first[0]++;

        assertEquals(16, store.hashKey().length);
        assertFalse(first[0] == store.hashKey()[0], "whoever asks gets a copy");
    }

    @Test
    void letsAllPermitsBeTakenAtOnceAndNoneMore() {
        List<Long> untilFull =
                IntStream.range(0, 6).mapToObj(i -> take(PHONE, NOW)).toList();

        assertEquals(
                LongStream.rangeClosed(1, 6).mapToObj(taken -> taken * INTERVAL).toList(), untilFull);
        assertEquals(-INTERVAL, take(PHONE, NOW));
    }

    @Test
    void givesAPermitBackInEachInterval() {
        IntStream.range(0, 6).forEach(i -> take(PHONE, NOW));

        assertEquals(-1, take(PHONE, NOW + INTERVAL - 1));
        assertEquals(WINDOW, take(PHONE, NOW + INTERVAL));
        assertEquals(-INTERVAL, take(PHONE, NOW + INTERVAL));
    }

    @Test
    void forgetsUnusedTime() {
        take(PHONE, NOW);

        assertEquals(INTERVAL, take(PHONE, NOW + 100 * WINDOW));
    }

    @Test
    void countsEachKeyByItself() {
        IntStream.range(0, 7).forEach(i -> take(PHONE, NOW));

        assertEquals(INTERVAL, take(TABLET, NOW));
    }

    @Test
    void takesMoreThanOnePermitOrNone() {
        assertEquals(4 * INTERVAL, take(PHONE, 4, NOW));
        assertEquals(-INTERVAL, take(PHONE, 3, NOW));
        assertEquals(WINDOW, take(PHONE, 2, NOW));
        assertEquals(WINDOW, take(PHONE, 0, NOW));
    }

    @Test
    void takesNothingOfAnyBandWhereOneHasTooLittle() {
        IntStream.range(0, 6).forEach(i -> take(TABLET, NOW));
        take(PHONE, NOW);
        Bands both = bands(PHONE, TABLET);

        boolean taken = store.take(both, NOW);

        assertFalse(taken);
        assertEquals(INTERVAL, both.outcome(0));
        assertEquals(-INTERVAL, both.outcome(1));
        assertEquals(2 * INTERVAL, take(PHONE, NOW));
    }

    @Test
    void takesOfAllBandsWhereAllHaveEnough() {
        take(PHONE, NOW);
        Bands both = bands(PHONE, TABLET);

        boolean taken = store.take(both, NOW);

        assertTrue(taken);
        assertEquals(List.of(2 * INTERVAL, INTERVAL), List.of(both.outcome(0), both.outcome(1)));
    }

    @Test
    void saysOfEachBandThatRefusesHowLongItDoes() {
        IntStream.range(0, 6).forEach(i -> take(PHONE, NOW));
        IntStream.range(0, 6).forEach(i -> take(TABLET, NOW + SECOND));
        Bands both = bands(PHONE, TABLET);

        store.take(both, NOW + SECOND);

        assertEquals(List.of(SECOND - INTERVAL, -INTERVAL), List.of(both.outcome(0), both.outcome(1)));
    }

    @Test
    void asksForNothingWhereThereAreNoBands() {
        assertTrue(store.take(new Bands(0), NOW));
    }

    @Test
    void givesBackWhatWasTakenTooMuch() {
        take(PHONE, 6, NOW);

        settle(PHONE, -4, NOW);

        assertEquals(3 * INTERVAL, take(PHONE, NOW));
    }

    @Test
    void neverGivesBackMoreThanAllPermits() {
        take(PHONE, NOW);
        settle(PHONE, -6, NOW);
        settle(TABLET, -6, NOW);

        assertEquals(INTERVAL, take(PHONE, NOW));
        assertEquals(INTERVAL, take(TABLET, NOW));
    }

    @Test
    void chargesIntoDebtThatIsPaidBeforeTheNextRequest() {
        take(PHONE, 5, NOW);

        settle(PHONE, 3, NOW);

        assertEquals(-3 * INTERVAL, take(PHONE, NOW));
        assertEquals(-1, take(PHONE, NOW + 3 * INTERVAL - 1));
        assertEquals(WINDOW, take(PHONE, NOW + 3 * INTERVAL));
    }

    @Test
    void lendsNoMoreThanOneWindow() {
        settle(PHONE, 1_000_000, NOW);

        assertEquals(-1, take(PHONE, NOW + WINDOW + INTERVAL - 1));
        assertEquals(WINDOW, take(PHONE, NOW + WINDOW + INTERVAL));
    }

    @Test
    void letsNobodyWaitLongerThanTheirDebtWhenTheClockGoesBack() {
        long anHourAgo = NOW - 3600 * SECOND;
        IntStream.range(0, 6).forEach(i -> take(PHONE, NOW));

        long wait = take(PHONE, anHourAgo);

        assertEquals(-WINDOW - INTERVAL, wait);
        assertEquals(WINDOW, take(PHONE, anHourAgo - wait));
    }

    @Test
    void letsNobodyWaitLongerThanTheirDebtInSeveralBandsEither() {
        long anHourAgo = NOW - 3600 * SECOND;
        IntStream.range(0, 6).forEach(i -> store.take(bands(PHONE, TABLET), NOW));

        store.take(bands(PHONE, TABLET), anHourAgo);

        assertTrue(store.take(bands(PHONE, TABLET), anHourAgo + WINDOW + INTERVAL));
    }

    @Test
    void givesNothingForAClockThatGoesBackALittle() {
        IntStream.range(0, 6).forEach(i -> take(PHONE, NOW));

        long wait = take(PHONE, NOW - SECOND);

        assertEquals(-INTERVAL - SECOND, wait);
        assertEquals(-INTERVAL, take(PHONE, NOW));
    }

    @Test
    void letsNobodyWaitForALongerWindowThatTheyHadBefore() {
        var aDay = new Bands(1);
        aDay.add(PHONE, 86_400 * SECOND, 86_400 * SECOND);
        store.take(aDay, NOW);

        long wait = take(PHONE, NOW);

        assertEquals(-WINDOW - INTERVAL, wait);
        assertEquals(WINDOW, take(PHONE, NOW - wait));
    }

    @Test
    void manyAtOnceGetAllPermitsAndNoneMore() {
        long window = 1_000;

        List<Long> taken = Race.of(8, () -> taken(250, bands -> bands.add(PHONE, 1, window)));

        assertEquals(window, sum(taken));
    }

    @Test
    void manyAtOnceTakeOfAllBandsOrOfNone() {
        long window = 400;

        List<Long> taken = Race.of(
                8,
                () -> taken(250, bands -> {
                    bands.add(PHONE, 1, 3 * window);
                    bands.add(TABLET, 1, window);
                    bands.add(PHONE ^ TABLET, 1, 2 * window);
                }));

        assertEquals(window, sum(taken));
        assertEquals(window + 1, untilFullAfterOneMore(PHONE, 3 * window));
        assertEquals(window + 1, untilFullAfterOneMore(PHONE ^ TABLET, 2 * window));
    }

    private long taken(int times, Consumer<Bands> wanted) {
        long taken = 0;
        for (int i = 0; i < times; i++) {
            var bands = new Bands(1);
            wanted.accept(bands);
            taken += store.take(bands, NOW) ? 1 : 0;
        }
        return taken;
    }

    private static long sum(List<Long> parts) {
        return parts.stream().mapToLong(Long::longValue).sum();
    }

    private long untilFullAfterOneMore(long key, long window) {
        var bands = new Bands(1);
        bands.add(key, 1, window);
        store.take(bands, NOW);
        return bands.outcome(0);
    }

    private long take(long key, long now) {
        return take(key, 1, now);
    }

    private long take(long key, int permits, long now) {
        var bands = new Bands(1);
        bands.add(key, permits * INTERVAL, WINDOW);
        boolean taken = store.take(bands, now);
        assertEquals(taken, bands.outcome(0) >= 0);
        return bands.outcome(0);
    }

    private void settle(long key, int permits, long now) {
        var bands = new Bands(1);
        bands.add(key, permits * INTERVAL, WINDOW);
        store.settle(bands, now);
    }

    private static Bands bands(long... keys) {
        var bands = new Bands(keys.length);
        for (long key : keys) {
            bands.add(key, INTERVAL, WINDOW);
        }
        return bands;
    }
}
