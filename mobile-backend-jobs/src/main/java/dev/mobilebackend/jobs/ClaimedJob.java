// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;

/**
 * A job that its owner is to run.
 *
 * @param claim what it must be finished with
 * @param kind the name that finds its handler
 * @param payload its record as JSON; not part of {@link #toString}
 * @param rescued whether a process ended while it held the job: then {@link JobStore#begin} comes before its next run,
 *     so that a job which ends its process is known from those that merely stood beside it
 * @param waited how long it had been due when it was claimed, for figures
 * @param tracked whether its owner is told how it goes, see {@link JobStore#report}
 */
public record ClaimedJob(Claim claim, String kind, String payload, boolean rescued, Duration waited, boolean tracked) {

    /** One that has not waited and that nobody tracks. */
    public ClaimedJob(Claim claim, String kind, String payload, boolean rescued) {
        this(claim, kind, payload, rescued, Duration.ZERO, false);
    }

    @Override
    public String toString() {
        return "ClaimedJob[" + claim + ", kind=" + kind + "]";
    }
}
