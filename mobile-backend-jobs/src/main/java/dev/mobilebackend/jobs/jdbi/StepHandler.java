// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.jdbi;

import dev.mobilebackend.jobs.JobContext;
import org.jdbi.v3.core.Handle;

/** A {@link TransactionalJobHandler} that looks at its run too, such as to ask its flow or to add to its step. */
@FunctionalInterface
public interface StepHandler<J extends Record> {

    /** Does the work on the handle; whatever it throws rolls the work back, and the job is tried again. */
    void run(J job, Handle handle, JobContext context) throws Exception;
}
