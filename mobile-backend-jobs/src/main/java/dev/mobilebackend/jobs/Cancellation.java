// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/** What came of the wish to cancel a job. */
public enum Cancellation {
    /** It waited, and never runs again. */
    CANCELLED,
    /**
     * A worker has it, and is told by its next heartbeat, within a second by default. One that has not begun it does not;
     * a handler sees {@link JobContext#cancelled()}, and what it then throws cancels the job. One that ends well all the
     * same has done it.
     */
    ASKED,
    /** It has ended, or never was. */
    NOT_FOUND
}
