// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.problem.Problem;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets so many callers work at once, so many wait in order, and sheds the rest with 503. The work runs on as many
 * threads of its own: the C library keeps what a hash has freed for the thread that freed it, so on callers' threads
 * every one of them would come to hold the memory of a hash. Thread safe.
 */
final class HashingGate {

    private final Semaphore places;
    private final Semaphore turns;
    private final Duration maxWait;
    private final ThreadPoolExecutor threads;

    HashingGate(int atOnce, int waiting, Duration maxWait) {
        this.places = new Semaphore(atOnce + waiting);
        this.turns = new Semaphore(atOnce, true);
        this.maxWait = maxWait;
        this.threads = new ThreadPoolExecutor(
                atOnce, atOnce, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Ambient.threads("password"));
        threads.allowCoreThreadTimeOut(true);
    }

    <R> R run(Supplier<R> work) {
        if (!places.tryAcquire()) {
            throw busy();
        }
        try {
            awaitTurn();
            try {
                return CompletableFuture.supplyAsync(work, threads).join();
            } catch (CompletionException failed) {
                throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
            } finally {
                turns.release();
            }
        } finally {
            places.release();
        }
    }

    /** How many callers wait for their turn now. */
    int waiting() {
        return turns.getQueueLength();
    }

    private void awaitTurn() {
        try {
            if (!turns.tryAcquire(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw busy();
        }
    }

    private RuntimeException busy() {
        return Problem.UNAVAILABLE
                .detail("too many passwords are being checked right now: try again")
                .retryAfter(maxWait)
                .exception();
    }
}
