// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/**
 * The right of one owner to run and finish one attempt of a job. It is the fencing token: once another owner or another
 * attempt has the job, whatever is done with an older claim changes nothing.
 *
 * @param job the job's id
 * @param owner the worker process that holds it, by the id that {@link JobStore#join} gave it
 * @param attempt 1 for the first
 */
public record Claim(long job, long owner, int attempt) {}
