// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import org.jspecify.annotations.Nullable;

/**
 * How a job goes, for its owner's eyes: nothing of what an operator sees, such as an error.
 *
 * @param id what its owner knows it by; says nothing of other jobs
 * @param kind the name that finds its handler
 * @param progress from 0 to 1, where its handler tells it
 * @param note what its handler says of that
 * @param result what came of it, as JSON, once it is done
 */
public record JobStatus(
        String id,
        String kind,
        State state,
        @Nullable Double progress,
        @Nullable String note,
        @Nullable String result) {

    /** Where it stands. */
    public enum State {
        /** No worker has begun it. */
        WAITING,
        /** A worker has begun it; it may wait for another attempt by now. */
        RUNNING,
        /** It is done, and its result is there. */
        DONE,
        /** It is dead, and runs again only if an operator lets it. */
        FAILED,
        /** It was cancelled. */
        CANCELLED;

        /** Whether nothing more becomes of it by itself. */
        public boolean ended() {
            return this != WAITING && this != RUNNING;
        }
    }
}
