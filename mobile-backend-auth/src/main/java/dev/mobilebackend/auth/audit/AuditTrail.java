// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.util.function.Function;

/** Where events are kept, in the order in which they happened, for good. Thread safe. */
public interface AuditTrail {

    /** Takes the events of one step. */
    @FunctionalInterface
    interface Recorder {
        void record(AuditEvent event);
    }

    /**
     * Runs a step and keeps what it records: the step's changes in the trail's own database and its records are both
     * there afterwards, or neither. What the step throws undoes both and is thrown on.
     */
    <R> R recording(Function<Recorder, R> step);

    /** Keeps an event of which nothing else has to be undone. */
    default void record(AuditEvent event) {
        recording(recorder -> {
            recorder.record(event);
            return event;
        });
    }
}
