// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Instant;

/**
 * A job that failed for the last time.
 *
 * @param payload its record as JSON; not part of {@link #toString}
 * @param attempts how often it was started
 * @param error the last error, for an operator's eyes
 */
public record DeadJob(long id, String kind, String payload, int attempts, String error, Instant diedAt) {

    @Override
    public String toString() {
        return "DeadJob[id=" + id + ", kind=" + kind + ", attempts=" + attempts + ", diedAt=" + diedAt + "]";
    }
}
