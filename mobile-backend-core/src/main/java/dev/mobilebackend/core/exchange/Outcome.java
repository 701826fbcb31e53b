// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import dev.mobilebackend.core.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * How a request ended.
 *
 * @param status the status of the answer
 * @param bytes what the application wrote of its body, before any coding
 * @param ending whether the answer was given whole
 * @param problem what the request was refused with, nothing if it was answered by its handler
 */
public record Outcome(
        int status, long bytes, Ending ending, @Nullable Problem problem) {

    /** Whether an answer was given whole. */
    public enum Ending {
        ANSWERED,
        /** It failed after its answer had begun, and the connection was cut. */
        CUT_OFF,
        CLIENT_GONE
    }
}
