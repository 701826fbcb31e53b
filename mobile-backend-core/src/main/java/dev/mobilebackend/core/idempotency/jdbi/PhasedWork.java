// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.validate.JsonBody;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work in phases, each a transaction of its own or a call of another system. What a crash has left half done is gone on
 * with, after the last phase that was done, by a retry of the same request or by {@link #resumeAbandoned}. Thread safe;
 * made by {@link JdbiIdempotency#phased}.
 */
public final class PhasedWork<I extends Record, X extends Exception> {

    private static final Logger LOG = LoggerFactory.getLogger(PhasedWork.class);
    private static final byte[] NO_FINGERPRINT = {};

    private final Claims claims;
    private final String name;
    private final Class<I> type;
    private final PhasedPlan<I, X> plan;

    PhasedWork(Claims claims, String name, Class<I> type, PhasedPlan<I, X> plan) {
        if (!name.matches("[a-z0-9][a-z0-9._-]{0,99}")) {
            throw new IllegalArgumentException(
                    "the name of phased work must be 1 to 100 of a-z, 0-9, '.', '_' and '-', was '" + name + "'");
        }
        this.claims = claims;
        this.name = name;
        this.type = type;
        this.plan = plan;
    }

    /**
     * The answer to a request: does the work, goes on with it, waits for whoever is doing it, or gives the answer that
     * was stored, with {@code Idempotent-Replayed: true}. Called in no transaction, after the body was read.
     *
     * @param input all that the plan needs to know, the caller's account included: a record that {@link JsonBody} can
     *     write and read. A later run gets the first one's
     * @throws ProblemException 422 where the key was used for another payload, 409 where another run is still at it
     *     after the policy's wait
     */
    public Answer run(Exchange exchange, I input) throws X {
        return run(IdempotentRequest.of(exchange), input);
    }

    /** {@link #run(Exchange, Record)} for a request that did not come over HTTP. */
    public Answer run(IdempotentRequest request, I input) throws X {
        Claims.Turn turn = claims.take(request, new Claims.Work() {
            @Override
            public void lease(Handle handle, Claim claim) {
                claims.stored().lease(handle, claim, name, new String(JsonBody.write(input), StandardCharsets.UTF_8));
            }

            @Override
            public boolean mayTakeOver(StoredRequest left) {
                return name.equals(left.work());
            }
        });
        if (turn instanceof Claims.Turn.Mine mine) {
            StoredRequest left = mine.left();
            return run(new PhasedRun(claims, mine.claim(), left), () -> left == null ? input : input(left));
        }
        return ((Claims.Turn.Answered) turn).answer();
    }

    /**
     * Goes on with work that was left unanswered and that no client has come back for: for a job that runs every minute
     * or so. What fails again is logged, and comes last the next time.
     *
     * @param policy the route's
     * @param limit most that is gone on with
     * @return how many were finished
     */
    public int resumeAbandoned(IdempotencyPolicy policy, int limit) {
        int finished = 0;
        List<StoredRequest> abandoned =
                claims.inTransaction(handle -> claims.stored().abandoned(handle, name, limit));
        for (StoredRequest left : abandoned) {
            Claim claim = claims.newClaim(new IdempotentRequest(left.scope(), NO_FINGERPRINT, policy, null));
            if (claims.tryTakeOver(left, claim) && resume(new PhasedRun(claims, claim, left), left)) {
                finished++;
            }
        }
        return finished;
    }

    private boolean resume(PhasedRun run, StoredRequest left) {
        try {
            run(run, () -> input(left));
        } catch (Exception failed) {
            LOG.warn("abandoned {} could not be finished, and is left for the next time", name, failed);
        }
        return run.isAnswered();
    }

    private Answer run(PhasedRun run, Supplier<I> input) throws X {
        Answer answer;
        try {
            answer = plan.run(run, input.get());
            if (!run.isAnswered() && answer.status() < 500) {
                throw new IllegalStateException(
                        "the plan of " + name + " must return what its run's finish gave: nothing was stored");
            }
        } catch (Throwable failure) {
            claims.afterFailure(failure, run::leave);
            throw failure;
        }
        if (!run.isAnswered()) {
            claims.useTransaction(run::leave);
        }
        return answer;
    }

    private I input(StoredRequest left) {
        String json = left.input();
        if (json == null) {
            throw new IllegalStateException("the stored request of " + name + " has no input");
        }
        return read(json, type, "the stored input of " + name);
    }

    static <R extends Record> R read(String json, Class<R> type, String what) {
        try {
            return JsonBody.read(json.getBytes(StandardCharsets.UTF_8), type);
        } catch (ProblemException changed) {
            throw new IllegalStateException(
                    what + " is no " + type.getSimpleName() + ": new components must be @Nullable, and none may go",
                    changed);
        }
    }
}
