// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import dev.mobilebackend.core.problem.Problem;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets so many callers work at once, so many wait in order, and sheds the rest with 503. The work runs on the
 * caller's thread. Thread safe.
 */
final class HashingGate {

    private final Semaphore places;
    private final Semaphore turns;
    private final Duration maxWait;

    HashingGate(int atOnce, int waiting, Duration maxWait) {
        this.places = new Semaphore(atOnce + waiting);
        this.turns = new Semaphore(atOnce, true);
        this.maxWait = maxWait;
    }

    <R> R run(Supplier<R> work) {
        if (!places.tryAcquire()) {
            throw busy();
        }
        try {
            awaitTurn();
            try {
                return work.get();
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
