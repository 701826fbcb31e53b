// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/**
 * Runs jobs of one kind. A job is run at least once: its worker may die between the work and its completion, so the
 * work must bear a second run, or commit together with its completion, as {@code JdbiJobStore.inTransaction} lets it.
 */
@FunctionalInterface
public interface JobHandler<J extends Record> {

    /** Does the work; whatever it throws fails the attempt, and the job is tried again by its {@link RetryPolicy}. */
    void run(J job, JobContext context) throws Exception;
}
