// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.idempotency.IdempotentRequest;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;

/** Why a request with a key that was seen before is not done. */
final class Refusals {

    private static final Problem KEY_REUSED =
            Problem.of(422, "idempotency-key-reused", "This Idempotency-Key was used for another request.");
    private static final Problem IN_PROGRESS =
            Problem.of(409, "idempotency-in-progress", "The first request with this Idempotency-Key is still running.");
    private static final Problem OUTCOME_UNKNOWN = Problem.of(
            409, "idempotency-outcome-unknown", "Whether the first request with this key took effect is not known.");

    private Refusals() {}

    /** For a decision that lets nobody work and has no answer. */
    static ProblemException of(Decision decision, IdempotentRequest request) {
        if (decision instanceof Decision.Mismatch) {
            return keyReused();
        }
        return decision instanceof Decision.Abandoned ? outcomeUnknown(request) : inProgress();
    }

    private static ProblemException keyReused() {
        return KEY_REUSED
                .detail("use a new Idempotency-Key for a new request")
                .error("header:Idempotency-Key", "a key that was not used for another payload")
                .exception();
    }

    static ProblemException inProgress() {
        return IN_PROGRESS
                .detail("send the same request again after a moment to get its answer")
                .retryAfter(Duration.ofSeconds(1))
                .exception();
    }

    /** With the way to find out, as a link of the type "status" (RFC 8631 section 4.4). */
    static ProblemException outcomeUnknown(IdempotentRequest request) {
        String link = request.statusLink();
        if (link == null) {
            return OUTCOME_UNKNOWN
                    .detail("find out what became of it before you send a new request with a new key")
                    .exception();
        }
        return OUTCOME_UNKNOWN
                .detail("ask the statusUrl what became of it before you send a new request with a new key")
                .with("statusUrl", link)
                .header("Link", "<" + link + ">; rel=\"status\"")
                .exception();
    }
}
