// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.time.Duration;

/**
 * One run of a job that has ended.
 *
 * @param outcome how it ended; what a store makes of it may be nothing, where the claim was lost meanwhile
 * @param waited how long the job had been due when this worker took it
 * @param ran how long it took
 */
public record JobRun(String queue, String kind, JobOutcome outcome, Duration waited, Duration ran) {}
