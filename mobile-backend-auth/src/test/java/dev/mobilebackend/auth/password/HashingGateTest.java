// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HashingGateTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final AtomicLong now = new AtomicLong();
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
        var gate = gate(1, 1, LONG);
        Future<Integer> working = occupy(gate);
        Future<Integer> waiting = threads.submit(() -> gate.run(LONG, () -> 2));
        awaitWaiting(gate, 1);

        var refusal = assertThrows(ProblemException.class, () -> gate.run(LONG, () -> 3));
        finish.countDown();

        assertEquals(503, refusal.problem().status());
        assertEquals(1, working.get());
        assertEquals(2, waiting.get());
    }

    @Test
    void shedsAtOnceWhoWouldHaveToWaitForTooLong() throws Exception {
        var gate = gate(1, 5, Duration.ofSeconds(2));
        workFor(gate, Duration.ofMillis(900));
        occupy(gate);
        Future<Integer> first = threads.submit(() -> gate.run(LONG, () -> 2));
        awaitWaiting(gate, 1);
        Future<Integer> second = threads.submit(() -> gate.run(LONG, () -> 3));
        awaitWaiting(gate, 2);

        var refusal = assertThrows(ProblemException.class, () -> gate.run(LONG, () -> 4));
        finish.countDown();

        assertEquals(503, refusal.problem().status());
        assertEquals(List.of(2, 3), List.of(first.get(), second.get()));
    }

    @Test
    void shedsAtOnceWhoseOwnTimeWouldNotDo() throws Exception {
        var gate = gate(1, 5, Duration.ofHours(1));
        workFor(gate, Duration.ofSeconds(900));
        occupy(gate);

        var refusal = assertThrows(ProblemException.class, () -> gate.run(Duration.ofSeconds(1_799), () -> 2));
        Future<Integer> patient = threads.submit(() -> gate.run(Duration.ofSeconds(1_800), () -> 3));
        awaitWaiting(gate, 1);
        finish.countDown();

        assertEquals(503, refusal.problem().status());
        assertEquals(3, patient.get());
    }

    @Test
    void whoHasNoTimeLeftIsShedEvenIfNobodyIsThere() {
        var gate = gate(1, 5, LONG);

        assertThrows(ProblemException.class, () -> gate.run(Duration.ofMillis(-1), () -> 2));
        assertThrows(ProblemException.class, () -> gate.requireRoom(Duration.ZERO));
    }

    @Test
    void whoNeedNotWaitIsLetInHoweverLongWorkTookOnce() throws Exception {
        var gate = gate(1, 5, LONG);
        workFor(gate, Duration.ofHours(1));

        int answer = gate.run(Duration.ofSeconds(1), () -> 7);

        assertEquals(7, answer);
    }

    @Test
    void saysBeforehandWhetherThereIsRoom() throws Exception {
        var gate = gate(1, 1, LONG);
        gate.requireRoom(LONG);
        workFor(gate, Duration.ofMillis(900));
        occupy(gate);

        gate.requireRoom(LONG);
        assertThrows(ProblemException.class, () -> gate.requireRoom(Duration.ofMillis(1_799)));
        threads.submit(() -> gate.run(LONG, () -> 2));
        awaitWaiting(gate, 1);

        assertThrows(ProblemException.class, () -> gate.requireRoom(LONG));
    }

    /** A line of 20 callers at a second each, worked off two at once. */
    @Test
    void thoseWhoAreShedAreToldToComeBackOneAfterTheOther() throws Exception {
        var gate = gate(2, 18, LONG);
        workFor(gate, Duration.ofSeconds(1));
        var bothWork = new CountDownLatch(2);
        for (int i = 0; i < 20; i++) {
            threads.submit(() -> gate.run(LONG, () -> {
                bothWork.countDown();
                awaitUninterrupted(finish);
                return 1;
            }));
        }
        bothWork.await();
        awaitWaiting(gate, 18);

        var seconds = new TreeSet<Integer>();
        for (int i = 0; i < 500; i++) {
            var refusal = assertThrows(ProblemException.class, () -> gate.run(LONG, () -> 2));
            seconds.add(Integer.parseInt(refusal.problem().headers().get("Retry-After")));
        }

        assertTrue(seconds.first() >= 10 && seconds.first() <= 12, seconds::toString);
        assertTrue(seconds.last() >= 30 && seconds.last() <= 32, seconds::toString);
        assertTrue(seconds.size() > 15, seconds::toString);
    }

    @Test
    void shedsWhoseTimeRunsOutInLine() throws Exception {
        var gate = gate(1, 1, LONG);
        occupy(gate);

        var refusal = assertThrows(ProblemException.class, () -> gate.run(Duration.ofMillis(1), () -> 2));

        assertEquals(503, refusal.problem().status());
    }

    @Test
    void whoIsInLineStaysThereEvenIfWorkTakesLongerThanExpected() throws Exception {
        var gate = gate(1, 1, Duration.ofMillis(1));
        occupy(gate);
        Future<Integer> waiting = threads.submit(() -> gate.run(LONG, () -> 2));
        awaitWaiting(gate, 1);

        assertThrows(TimeoutException.class, () -> waiting.get(50, TimeUnit.MILLISECONDS));
        finish.countDown();

        assertEquals(2, waiting.get());
    }

    @Test
    void neverLetsMoreWorkAtOnceThanItMay() throws Exception {
        var gate = gate(2, 100, LONG);
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var all = new CountDownLatch(40);

        for (int i = 0; i < 40; i++) {
            threads.submit(() -> gate.run(LONG, () -> {
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
        var gate = gate(1, 0, Duration.ZERO);
        assertThrows(
                ArithmeticException.class,
                () -> gate.run(LONG, () -> {
                    throw new ArithmeticException();
                }));

        int answer = gate.run(LONG, () -> 7);

        assertEquals(7, answer);
    }

    @Test
    void givesThePlaceInLineBackWhenShed() throws Exception {
        var gate = gate(1, 1, LONG);
        Future<Integer> working = occupy(gate);
        assertThrows(ProblemException.class, () -> gate.run(Duration.ofMillis(1), () -> 2));
        finish.countDown();
        working.get();

        int answer = gate.run(LONG, () -> 7);

        assertEquals(7, answer);
    }

    @Test
    void anInterruptedCallerIsShedAndStaysInterrupted() throws Exception {
        var gate = gate(1, 1, LONG);
        occupy(gate);
        Thread.currentThread().interrupt();

        var refusal = assertThrows(ProblemException.class, () -> gate.run(LONG, () -> 2));

        assertEquals(503, refusal.problem().status());
        assertTrue(Thread.interrupted());
    }

    private HashingGate gate(int atOnce, int waiting, Duration maxWait) {
        return new HashingGate(atOnce, waiting, maxWait, now::get, new SplittableRandom(7));
    }

    /** Has it know work that takes so long. */
    private void workFor(HashingGate gate, Duration time) {
        gate.run(LONG, () -> now.addAndGet(time.toNanos()));
    }

    private Future<Integer> occupy(HashingGate gate) throws InterruptedException {
        Future<Integer> working = threads.submit(() -> gate.run(LONG, () -> {
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
