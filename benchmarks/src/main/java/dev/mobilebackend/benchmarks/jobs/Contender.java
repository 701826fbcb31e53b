// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.jobs;

import java.sql.SQLException;
import java.util.function.LongConsumer;

/** Something that keeps jobs in a database and runs them: a library as its manual has it, or SQL by hand. */
interface Contender {

    /** What a job carries besides its number. */
    String ORDER = "0123456789abcdef";

    /** What tables call it. */
    @Override
    String toString();

    /** Empties its table of waiting jobs, without leaving dead rows behind. */
    void clear() throws SQLException;

    /** Adds one job and commits it. */
    void enqueue(long number) throws SQLException;

    /** Adds jobs numbered from the first on, in the quickest way it has. */
    void enqueueAll(long first, int jobs) throws SQLException;

    /** Whether jobs wait, run, or are not yet finished. */
    boolean pending() throws SQLException;

    /** Begins to run jobs in this process; for each, the body is called with its number. */
    Working start(LongConsumer body) throws SQLException;

    /** A contender at work. */
    interface Working {

        /** Begins no more jobs and waits for those that run. */
        void end();
    }
}
