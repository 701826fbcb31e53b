// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/**
 * A job that its owner is to run.
 *
 * @param claim what it must be finished with
 * @param kind the name that finds its handler
 * @param payload its record as JSON; not part of {@link #toString}
 */
public record ClaimedJob(Claim claim, String kind, String payload) {

    @Override
    public String toString() {
        return "ClaimedJob[" + claim + ", kind=" + kind + "]";
    }
}
