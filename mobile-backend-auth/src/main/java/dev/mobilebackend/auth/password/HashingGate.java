// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Lets so many callers work at once, so many wait in the order they came, and sheds the rest with 503: at once, where
 * the line is full, or would take longer than it may or than the caller has. How long it will take is told by how long
 * work took lately. Who is in line stays there, unless its own time runs out after all: waiting for nothing costs
 * everybody.
 *
 * <p>The work runs on as many threads of its own: the C library keeps what a hash has freed for the thread that freed
 * it, so on callers' threads every one of them would come to hold the memory of a hash. Thread safe.
 */
final class HashingGate {

    /** One part in so many of the typical duration is the latest one. */
    private static final int LATEST = 8;

    private final int atOnce;
    private final int room;
    private final Semaphore places;
    private final Semaphore turns;
    private final long mostNanos;
    private final ThreadPoolExecutor threads;
    private final LongSupplier ticks;
    private final RandomGenerator random;
    private final AtomicLong typicalNanos = new AtomicLong();

    HashingGate(int atOnce, int waiting, Duration maxWait, LongSupplier ticks, RandomGenerator random) {
        this.atOnce = atOnce;
        this.room = atOnce + waiting;
        this.places = new Semaphore(room);
        this.turns = new Semaphore(atOnce, true);
        this.mostNanos = nanos(maxWait);
        this.ticks = ticks;
        this.random = random;
        this.threads = new ThreadPoolExecutor(
                atOnce, atOnce, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Ambient.threads("password"));
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * The work's result.
     *
     * @param patience how long the caller has for the line and the work together
     */
    <R> R run(Duration patience, Supplier<R> work) {
        if (!places.tryAcquire()) {
            throw busy();
        }
        try {
            awaitTurn(nanos(patience));
            try {
                return CompletableFuture.supplyAsync(() -> timed(work), threads).join();
            } catch (CompletionException failed) {
                throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
            } finally {
                turns.release();
            }
        } finally {
            places.release();
        }
    }

    /** Refuses now what {@link #run} would refuse at once now, before a caller has spent anything on it. */
    void requireRoom(Duration patience) {
        if (places.availablePermits() == 0 || isTooLong(inside() + 1, nanos(patience))) {
            throw busy();
        }
    }

    /** How many callers wait for their turn now. */
    int waiting() {
        return turns.getQueueLength();
    }

    private void awaitTurn(long patience) {
        if (isTooLong(inside(), patience)) {
            throw busy();
        }
        try {
            if (!turns.tryAcquire(patience, TimeUnit.NANOSECONDS)) {
                throw busy();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw busy();
        }
    }

    /**
     * Whether the last of so many callers would wait or take too long. One that need not wait is let in whatever is
     * typical, or a duration that was once too long would never be corrected.
     */
    private boolean isTooLong(int callers, long patience) {
        if (patience <= 0) {
            return true;
        }
        if (callers <= atOnce) {
            return false;
        }
        long typical = typicalNanos.get();
        long wait = typical * (callers - atOnce) / atOnce;
        return wait > mostNanos || wait + typical > patience;
    }

    private <R> R timed(Supplier<R> work) {
        long start = ticks.getAsLong();
        try {
            return work.get();
        } finally {
            typicalNanos.accumulateAndGet(
                    ticks.getAsLong() - start,
                    (known, latest) -> known == 0 ? latest : known + (latest - known) / LATEST);
        }
    }

    private int inside() {
        return room - places.availablePermits();
    }

    /**
     * Told to come back when the line will have been worked off, and then over twice that time and two seconds more.
     */
    private ProblemException busy() {
        long line = typicalNanos.get() * Math.max(1, inside()) / atOnce;
        return Problem.UNAVAILABLE
                .detail("too many passwords are being checked right now: try again")
                .retryAfter(Duration.ofNanos(line + random.nextLong(2 * line + TimeUnit.SECONDS.toNanos(2))))
                .exception();
    }

    private static long nanos(Duration time) {
        return time.compareTo(Duration.ofDays(1)) > 0 ? TimeUnit.DAYS.toNanos(1) : time.toNanos();
    }
}
