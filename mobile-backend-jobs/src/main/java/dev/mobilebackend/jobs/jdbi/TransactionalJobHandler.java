// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import org.jdbi.v3.core.Handle;

/**
 * Runs jobs of one kind inside the transaction that also finishes them, so that its effects in it happen exactly once.
 */
@FunctionalInterface
public interface TransactionalJobHandler<J extends Record> {

    /** Does the work on the handle; whatever it throws rolls the work back, and the job is tried again. */
    void run(J job, Handle handle) throws Exception;
}
