// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.load;

import static dev.mobilebackend.core.exchange.Priority.BACKGROUND;
import static dev.mobilebackend.core.exchange.Priority.NORMAL;
import static dev.mobilebackend.core.exchange.Priority.USER_ACTION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Whom it lets in. How the limit moves stands in {@link ConcurrencyLimitUnderLoadTest}. */
class ConcurrencyLimitTest {

    private final ConcurrencyLimit ten = new ConcurrencyLimit(LoadPolicy.fixed(10), 0);

    @Test
    void refusesTheRequestAboveTheLimitUntilOneHasEnded() {
        assertEquals(10, begin(USER_ACTION, 11));

        ten.end(USER_ACTION, 0);

        assertTrue(ten.tryBegin(USER_ACTION, 0));
        assertFalse(ten.tryBegin(USER_ACTION, 0));
        assertEquals(2, ten.refused(USER_ACTION));
    }

    @Test
    void countsARequestThatEndedInVainAsEnded() {
        begin(USER_ACTION, 10);

        ten.endInVain(USER_ACTION, 0);

        assertTrue(ten.tryBegin(USER_ACTION, 0));
    }

    @Test
    void letsBackgroundRequestsUseIdleCapacityUpToTheirShare() {
        assertEquals(5, begin(BACKGROUND, 100));
    }

    @Test
    void keepsRoomForUsersActionsWhateverElseArrives() {
        begin(BACKGROUND, 100);
        begin(NORMAL, 100);

        assertEquals(9, ten.inFlight(BACKGROUND) + ten.inFlight(NORMAL));
        assertTrue(ten.tryBegin(USER_ACTION, 0));
    }

    @Test
    void letsNoBackgroundRequestInWhileUsersActionsFillItsShare() {
        begin(USER_ACTION, 5);

        assertFalse(ten.tryBegin(BACKGROUND, 0));
        assertTrue(ten.tryBegin(NORMAL, 0));
    }

    @Test
    void refusesToEndARequestTwice() {
        begin(NORMAL, 1);
        begin(USER_ACTION, 1);
        ten.end(NORMAL, 0);

        assertThrows(IllegalStateException.class, () -> ten.end(NORMAL, 0));
        assertEquals(1, ten.inFlight(USER_ACTION));
    }

    /** Requests that hang while the limit goes down must not leave it too low for everybody else. */
    @Test
    void goesBackToTheLimitThatItTriesToHalveWhereNoRequestEndsAnyMore() {
        var requests = new ConcurrencyLimit(new LoadPolicy(4, 40, 40, 100, 100), 0);
        long now = 0;
        while (requests.limit() == 40) {
            now += 5_000_000;
            while (requests.tryBegin(NORMAL, now)) {
                assertTrue(now < 60_000_000_000L, "never tried to halve");
            }
            requests.end(NORMAL, now);
        }

        assertFalse(requests.tryBegin(NORMAL, now));
        requests.tryBegin(NORMAL, now + 10_000_000_000L);

        assertEquals(40, requests.limit());
    }

    /** Else each half is judged by fewer answers than the one before, until none at all is as many as before. */
    @Test
    void halvesNoFurtherOnFewerAnswersThanTellAnything() {
        var requests = new ConcurrencyLimit(new LoadPolicy(1, 1_024, 1_024, 100, 100), 0);
        endAndRefill(requests, 32, 0);
        requests.tryBegin(NORMAL, 1_000_000_000L);
        for (int i = 0; i < 1_000; i++) {
            requests.endInVain(NORMAL, 1_000_000_000L);
        }
        assertEquals(512, requests.limit());
        endAndRefill(requests, 24, 1_000_000_000L);

        for (int i = 0; i < 400; i++) {
            requests.tryBegin(NORMAL, 20_000_000_000L);
            requests.endInVain(NORMAL, 20_000_000_000L);
        }

        assertEquals(512, requests.limit());
    }

    private static void endAndRefill(ConcurrencyLimit requests, int times, long now) {
        for (int i = 0; i <= times; i++) {
            boolean room = requests.tryBegin(NORMAL, now);
            while (room) {
                room = requests.tryBegin(NORMAL, now);
            }
            if (i < times) {
                requests.end(NORMAL, now);
            }
        }
    }

    @Property
    void letsNobodyInAboveTheShareOfItsPriority(
            @ForAll @IntRange(min = 1, max = 40) int limit,
            @ForAll @Size(max = 400) List<@IntRange(min = 0, max = 4) Integer> script) {
        var policy = LoadPolicy.fixed(limit);
        var requests = new ConcurrencyLimit(policy, 0);
        Deque<Priority> running = new ArrayDeque<>();

        for (int what : script) {
            if (what < 3) {
                Priority priority = Priority.values()[what];
                boolean fits = running.size() < policy.share(limit, priority);
                assertEquals(fits, requests.tryBegin(priority, 0));
                if (fits) {
                    running.add(priority);
                }
            } else if (!running.isEmpty()) {
                requests.end(what == 3 ? running.removeFirst() : running.removeLast(), 0);
            }
        }

        for (Priority priority : Priority.values()) {
            assertEquals(running.stream().filter(priority::equals).count(), requests.inFlight(priority));
        }
    }

    @Test
    void countsEveryRequestThatThreadsBeginAndEndAtOnce() throws Exception {
        var running = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Integer>> most = new ArrayList<>();
        try {
            for (int thread = 0; thread < 8; thread++) {
                most.add(threads.submit(beginAndEnd(thread, running)));
            }
            for (Future<Integer> seen : most) {
                assertTrue(seen.get() <= 10, seen.get() + " at once");
            }
        } finally {
            threads.shutdownNow();
        }

        for (Priority priority : Priority.values()) {
            assertEquals(0, ten.inFlight(priority), priority.name());
        }
    }

    /** Up to three at a time, so that eight threads ask for more than there is; says how many it saw at once. */
    private Callable<Integer> beginAndEnd(long seed, AtomicInteger running) {
        return () -> {
            var random = new SplittableRandom(seed);
            Deque<Priority> mine = new ArrayDeque<>();
            int most = 0;
            for (int i = 0; i < 100_000; i++) {
                Priority priority = Priority.values()[random.nextInt(3)];
                if (mine.size() < 3 && ten.tryBegin(priority, i)) {
                    most = Math.max(most, running.incrementAndGet());
                    mine.add(priority);
                } else if (!mine.isEmpty()) {
                    running.decrementAndGet();
                    if (random.nextBoolean()) {
                        ten.end(mine.removeFirst(), i);
                    } else {
                        ten.endInVain(mine.removeFirst(), i);
                    }
                }
            }
            running.addAndGet(-mine.size());
            mine.forEach(left -> ten.end(left, 0));
            return most;
        };
    }

    private int begin(Priority priority, int times) {
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            admitted += ten.tryBegin(priority, 0) ? 1 : 0;
        }
        return admitted;
    }
}
