// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import java.time.Duration;

/** Whether a try may be made now. */
public sealed interface AttemptDecision {

    /** The try may be made, and has been counted. */
    record Allowed() implements AttemptDecision {}

    /**
     * The try may not be made yet, and has not been counted.
     *
     * @param retryAfter how long to wait
     * @param by what asks for that; for the operator, never for the client
     */
    record Refused(Duration retryAfter, Brake by) implements AttemptDecision {}
}
