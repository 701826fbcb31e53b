// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HashingGateTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch finish = new CountDownLatch(1);

    @AfterEach
    void stop() {
        finish.countDown();
        threads.shutdownNow();
    }

    @Test
    void shedsAtOnceWhenTheLineIsFull() throws Exception {
        var gate = new HashingGate(1, 1, LONG);
        Future<Integer> working = occupy(gate);
        Future<Integer> waiting = threads.submit(() -> gate.run(() -> 2));
        awaitWaiting(gate, 1);

        var refusal = assertThrows(ProblemException.class, () -> gate.run(() -> 3));
        finish.countDown();

        assertEquals(503, refusal.problem().status());
        assertEquals("60", refusal.problem().headers().get("Retry-After"));
        assertEquals(1, working.get());
        assertEquals(2, waiting.get());
    }

    @Test
    void shedsWhoWaitedTooLong() throws Exception {
        var gate = new HashingGate(1, 1, Duration.ofMillis(1));
        occupy(gate);

        var refusal = assertThrows(ProblemException.class, () -> gate.run(() -> 2));

        assertEquals(503, refusal.problem().status());
    }

    @Test
    void neverLetsMoreWorkAtOnceThanItMay() throws Exception {
        var gate = new HashingGate(2, 100, LONG);
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var all = new CountDownLatch(40);

        for (int i = 0; i < 40; i++) {
            threads.submit(() -> gate.run(() -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.yield();
                inside.decrementAndGet();
                all.countDown();
                return null;
            }));
        }

        assertTrue(all.await(20, TimeUnit.SECONDS));
        assertTrue(most.get() <= 2, () -> most + " worked at once");
    }

    @Test
    void givesTheTurnBackWhenTheWorkFails() {
        var gate = new HashingGate(1, 0, Duration.ZERO);
        assertThrows(
                ArithmeticException.class,
                () -> gate.run(() -> {
                    throw new ArithmeticException();
                }));

        int answer = gate.run(() -> 7);

        assertEquals(7, answer);
    }

    @Test
    void givesThePlaceInLineBackWhenShed() throws Exception {
        var gate = new HashingGate(1, 1, Duration.ofMillis(1));
        Future<Integer> working = occupy(gate);
        assertThrows(ProblemException.class, () -> gate.run(() -> 2));
        finish.countDown();
        working.get();

        int answer = gate.run(() -> 7);

        assertEquals(7, answer);
    }

    @Test
    void anInterruptedCallerIsShedAndStaysInterrupted() throws Exception {
        var gate = new HashingGate(1, 1, LONG);
        occupy(gate);
        Thread.currentThread().interrupt();

        var refusal = assertThrows(ProblemException.class, () -> gate.run(() -> 2));

        assertEquals(503, refusal.problem().status());
        assertTrue(Thread.interrupted());
    }

    private Future<Integer> occupy(HashingGate gate) throws InterruptedException {
        Future<Integer> working = threads.submit(() -> gate.run(() -> {
            started.countDown();
            awaitUninterrupted(finish);
            return 1;
        }));
        started.await();
        return working;
    }

    private static void awaitWaiting(HashingGate gate, int callers) {
        while (gate.waiting() < callers) {
            Thread.onSpinWait();
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
