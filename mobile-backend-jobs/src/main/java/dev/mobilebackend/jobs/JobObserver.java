// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/** Hears of each run in this process, for figures and logs. Called on the thread that ran the job, so it is quick. */
@FunctionalInterface
public interface JobObserver {

    void ended(JobRun run);
}
