// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Claims that are committed before the work begins, for work that isn't one transaction. A claim is a lease, so that
 * nobody waits for ever for an owner that was killed; the row's owner is the fence that keeps out one which comes back.
 */
final class Claims {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

    /** Work that can be claimed. */
    interface Work {

        /** Stores what the work needs in the transaction that claims it for the first time. */
        void lease(Handle handle, Claim claim);

        /** Whether the work may go on, or be done again, after its owner has left it. */
        boolean mayTakeOver(StoredRequest left);
    }

    /** Whose turn it is. */
    sealed interface Turn {

        /**
         * The asker's.
         *
         * @param left what an earlier owner has left behind, null where this is the first
         */
        record Mine(Claim claim, @Nullable StoredRequest left) implements Turn {}

        /** Nobody's any more: this was the answer. */
        record Answered(Answer answer) implements Turn {}

        /** Somebody else's, so far. */
        record Others() implements Turn {}
    }

    private final Database database;
    private final StoredRequests stored;
    private final RandomGenerator random;
    private final LongSupplier ticks;

    Claims(Database database, StoredRequests stored, RandomGenerator random, LongSupplier ticks) {
        this.database = database;
        this.stored = stored;
        this.random = random;
        this.ticks = ticks;
    }

    StoredRequests stored() {
        return stored;
    }

    LongSupplier ticks() {
        return ticks;
    }

    /**
     * Claims the work for the asker, or waits for the answer of whoever has. No connection is held while it waits.
     *
     * @throws dev.mobilebackend.core.problem.ProblemException 422 for another payload, 409 where the other is still at
     *     it after the policy's wait, or is gone and the work may not be taken over
     */
    Turn take(IdempotentRequest request, Work work) {
        long start = ticks.getAsLong();
        Duration wait = request.policy().lockWait();
        for (Duration pause = FIRST_PAUSE; ; pause = min(pause.multipliedBy(2), LONGEST_PAUSE)) {
            Turn turn = tryTake(request, work);
            if (!(turn instanceof Turn.Others)) {
                return turn;
            }
            Duration left = wait.minusNanos(ticks.getAsLong() - start);
            if (left.isNegative() || left.isZero() || Thread.currentThread().isInterrupted()) {
                throw Refusals.inProgress();
            }
            LockSupport.parkNanos(this, min(pause, left).toNanos());
        }
    }

    private Turn tryTake(IdempotentRequest request, Work work) {
        try {
            return inTransaction(handle -> database.dialect()
                    .withLockWait(
                            handle,
                            request.policy().lockWait(),
                            () -> turn(handle, request, work, stored.begin(handle, request))));
        } catch (JdbiException e) {
            if (Dialect.isLockTimeout(e)) {
                return new Turn.Others();
            }
            throw e;
        }
    }

    private Turn turn(Handle handle, IdempotentRequest request, Work work, Decision decision) {
        if (decision instanceof Decision.Started) {
            Claim claim = newClaim(request);
            work.lease(handle, claim);
            return new Turn.Mine(claim, null);
        }
        if (decision instanceof Decision.Replay replay) {
            return new Turn.Answered(replay.answer());
        }
        if (decision instanceof Decision.Running) {
            return new Turn.Others();
        }
        if (decision instanceof Decision.Abandoned abandoned && work.mayTakeOver(abandoned.left())) {
            Claim claim = newClaim(request);
            return stored.takeOver(handle, abandoned.left(), claim)
                    ? new Turn.Mine(claim, abandoned.left())
                    : new Turn.Others();
        }
        throw Refusals.of(decision, request);
    }

    Claim newClaim(IdempotentRequest request) {
        return new Claim(request.scope(), random.nextLong(), request.policy());
    }

    /**
     * A transaction of its own.
     *
     * @throws IllegalStateException within another one, whose rollback would take back what others have relied upon
     */
    <R extends @Nullable Object, X extends Exception> R inTransaction(HandleCallback<R, X> work) throws X {
        return database.withHandle(handle -> {
            if (handle.isInTransaction()) {
                throw new IllegalStateException("phased and detached work commits on its way, so it cannot be part of"
                        + " a transaction: call it before one begins, or use inTransaction");
            }
            return handle.inTransaction(work);
        });
    }

    <X extends Exception> void useTransaction(HandleConsumer<X> work) throws X {
        inTransaction(handle -> {
            work.useHandle(handle);
            return true;
        });
    }

    /** Leaves a claim after a failure; where that fails too, it ends with its lease. */
    void afterFailure(Throwable failure, HandleConsumer<RuntimeException> leave) {
        try {
            useTransaction(leave);
        } catch (RuntimeException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    /** Gives a claim what somebody has left, unless somebody else has it. */
    boolean tryTakeOver(StoredRequest left, Claim claim) {
        try {
            return inTransaction(handle -> database.dialect()
                    .withLockWait(handle, claim.policy().lockWait(), () -> stored.takeOver(handle, left, claim)));
        } catch (JdbiException e) {
            if (Dialect.isLockTimeout(e)) {
                return false;
            }
            throw e;
        }
    }

    /** What is stored in the place of an answer that came when its claim was lost: all callers get the same one. */
    Answer answerOfOther(Claim lost) {
        return inTransaction(handle -> stored.find(handle, lost.scope()))
                .map(StoredRequest::answer)
                .orElseThrow(Refusals::inProgress);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
