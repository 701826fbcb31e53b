// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency;

import dev.mobilebackend.core.exchange.Answer;

/** What a store says about a key at the start of a transaction. */
public sealed interface IdempotencyDecision {

    /** Nobody has used the key: do the work. */
    record Started() implements IdempotencyDecision {}

    /** The work was done before: this was its answer. */
    record Replay(Answer answer) implements IdempotencyDecision {}

    /** The key was used for another request. */
    record Mismatch() implements IdempotencyDecision {}
}
