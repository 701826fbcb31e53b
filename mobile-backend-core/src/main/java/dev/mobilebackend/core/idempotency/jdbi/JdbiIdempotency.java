// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy.Rerun;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import java.time.InstantSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.JdbiException;

/**
 * Idempotent requests: one effect and one answer, however often a request is sent. There are three modes, of which a
 * handler takes the first that will do. Thread safe.
 *
 * <ol>
 *   <li>Atomic, {@link #inTransaction}: all effects are in one transaction, which also claims the key by its first
 *       statement and stores the answer by its last. Where it rolls back nothing has happened and a retry runs; once it
 *       has committed, a retry gets the stored bytes.
 *   <li>Phased, {@link #phased}: transactions and calls of other systems follow each other, and each is noted when it
 *       is done. What a crash has left half done is gone on with where it was left.
 *   <li>Detached, {@link #detached}: anything else. The key is claimed before and the answer stored after the work;
 *       what was lost between is answered with 409 "outcome unknown", and run again only if it was declared safe to.
 * </ol>
 *
 * <pre>{@code
 * exchange.send(idempotency.inTransaction(exchange, handle -> {
 *     Order order = orders.place(handle, wanted);
 *     return Answer.json(201, JsonBody.write(order));
 * }));
 * }</pre>
 */
public final class JdbiIdempotency {

    private final Database database;
    private final StoredRequests stored;
    private final Claims claims;

    /** On the database's clock, so that the clocks of the instances may differ. */
    public JdbiIdempotency(Database database) {
        this(database, new StoredRequests(of(database).dialect(), null));
    }

    /** On a clock that a test moves. */
    public JdbiIdempotency(Database database, InstantSource clock) {
        this(
                database,
                new StoredRequests(
                        of(database).dialect(),
                        requireNonNull(clock, "clock must not be null: leave it out for the database's own")));
    }

    private static Database of(Database database) {
        return requireNonNull(database, "database must not be null");
    }

    private JdbiIdempotency(Database database, StoredRequests stored) {
        this.database = database;
        this.stored = stored;
        claims = new Claims(database, stored, Ambient.quickRandom(), Ambient.ticks());
    }

    /**
     * Atomic mode: does the work and stores its answer in one transaction, or gives the answer that was stored before,
     * with {@code Idempotent-Replayed: true}. A duplicate that comes while the first is running waits for it, unless
     * four others of this instance wait, since each holds a connection meanwhile. The handler reads its body before
     * this call. Work that throws, or answers with 500 and above, is rolled back and stores nothing.
     *
     * @throws dev.mobilebackend.core.problem.ProblemException 422 where the key was used for another payload, 409 where
     *     the first request is still running after the policy's wait, or at once where nobody else may wait
     */
    public <X extends Exception> Answer inTransaction(Exchange exchange, HandleCallback<Answer, X> work) throws X {
        return inTransaction(IdempotentRequest.of(exchange), work);
    }

    /** {@link #inTransaction(Exchange, HandleCallback)} for a request that did not come over HTTP. */
    public <X extends Exception> Answer inTransaction(IdempotentRequest request, HandleCallback<Answer, X> work)
            throws X {
        return database.inTransaction(handle -> {
            Decision decision = begin(handle, request);
            if (decision instanceof Decision.Replay replay) {
                return replay.answer();
            }
            if (!(decision instanceof Decision.Started)) {
                throw Refusals.of(decision, request);
            }
            Answer answer = work.withHandle(handle);
            if (answer.status() >= 500) {
                handle.rollback();
            } else {
                stored.save(
                        handle,
                        request.scope(),
                        StoredRequest.kept(answer, request.policy().maximumBody()));
            }
            return answer;
        });
    }

    private Decision begin(Handle handle, IdempotentRequest request) {
        try {
            return stored.begin(handle, request);
        } catch (JdbiException e) {
            if (Dialect.isLockTimeout(e)) {
                throw Refusals.inProgress();
            }
            throw e;
        }
    }

    /**
     * Phased mode: work that calls other systems between its transactions.
     *
     * <pre>{@code
     * var ordering = idempotency.phased("order", NewOrder.class, (run, wanted) -> {
     *     Order order = run.phase("reserve", Order.class, handle -> orders.reserve(handle, wanted));
     *     Charge charge = run.foreignCall("charge", Charge.class, key -> payments.charge(key, order.total()));
     *     return run.finish(handle -> Answer.json(201, JsonBody.write(orders.paid(handle, order, charge))));
     * });
     * exchange.send(ordering.run(exchange, new NewOrder(exchange.caller().accountId(), productId)));  // in the handler
     * ordering.resumeAbandoned(policy, 20);                                              // in a job, once a minute
     * }</pre>
     *
     * @param name under which unfinished work is found again, also after a deploy
     * @param type of what the plan needs to know
     */
    public <I extends Record, X extends Exception> PhasedWork<I, X> phased(
            String name, Class<I> type, PhasedPlan<I, X> plan) {
        requireNonNull(name, "name must not be null");
        requireNonNull(type, "type must not be null");
        requireNonNull(plan, "plan must not be null");
        return new PhasedWork<>(claims, name, type, plan);
    }

    /**
     * Detached mode: does work that no transaction of ours contains, and stores its answer after it. A duplicate waits
     * for the first. Work that throws, or answers with 500 and above, may have had its effect, as may work whose
     * process was killed: its outcome is unknown. Called in no transaction, after the body was read.
     *
     * @throws dev.mobilebackend.core.problem.ProblemException 422 where the key was used for another payload, 409 where
     *     the first request is still running after the policy's wait, or its outcome is unknown and the policy does not
     *     say that the work is safe to rerun
     */
    public <X extends Exception> Answer detached(Exchange exchange, DetachedWork<X> work) throws X {
        return detached(IdempotentRequest.of(exchange), work);
    }

    /** {@link #detached(Exchange, DetachedWork)} for a request that did not come over HTTP. */
    public <X extends Exception> Answer detached(IdempotentRequest request, DetachedWork<X> work) throws X {
        Claims.Turn turn = claims.take(request, new Claims.Work() {
            @Override
            public void lease(Handle handle, Claim claim) {
                stored.lease(handle, claim);
            }

            @Override
            public boolean mayTakeOver(StoredRequest left) {
                return left.work() == null && request.policy().rerun() == Rerun.SAFE;
            }
        });
        return turn instanceof Claims.Turn.Mine mine ? run(mine.claim(), work) : ((Claims.Turn.Answered) turn).answer();
    }

    private <X extends Exception> Answer run(Claim claim, DetachedWork<X> work) throws X {
        try {
            Answer answer = work.run();
            if (answer.status() >= 500) {
                claims.useTransaction(handle -> stored.abandon(handle, claim));
                return answer;
            }
            Answer kept = StoredRequest.kept(answer, claim.policy().maximumBody());
            return claims.inTransaction(handle -> stored.answer(handle, claim, kept))
                    ? answer
                    : claims.answerOfOther(claim);
        } catch (Throwable failure) {
            claims.afterFailure(failure, handle -> stored.abandon(handle, claim));
            throw failure;
        }
    }

    /**
     * Deletes what has been kept for as long as its policy says, in short transactions that wait for nobody: for a job
     * that calls this again while it returns the limit. Phased work that is unfinished stays.
     *
     * @param limit most that is deleted, such as 1,000
     * @return how many were deleted
     */
    public int purgeExpired(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, was " + limit);
        }
        return stored.deleteExpired(database, limit);
    }
}
