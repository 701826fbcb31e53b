// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

/**
 * The right of one owner to run and finish one attempt of a job. It is the fencing token: once the claim was taken over,
 * or the attempt has ended, whatever is done with it changes nothing.
 *
 * @param batch what the store keeps jobs in that were claimed together; never given twice, and 0 where the job runs in
 *     the transaction that claims it
 * @param job the job's id
 * @param owner the worker process that holds it, by the id that {@link JobStore#join} gave it
 * @param attempt 1 for the first
 */
public record Claim(long batch, long job, long owner, int attempt) {}
