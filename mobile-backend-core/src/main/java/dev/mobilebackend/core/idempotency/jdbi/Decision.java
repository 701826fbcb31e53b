// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.exchange.Answer;

/** What a key stands for at the moment that a request asks. */
sealed interface Decision {

    /** Nobody has used it until now: the asker has claimed it. */
    record Started() implements Decision {}

    /** The work is done: this was its answer. */
    record Replay(Answer answer) implements Decision {}

    /** It was used for another request. */
    record Mismatch() implements Decision {}

    /** Somebody is doing the work. */
    record Running() implements Decision {}

    /** Whoever did the work is gone, and left no answer. */
    record Abandoned(StoredRequest left) implements Decision {}
}
