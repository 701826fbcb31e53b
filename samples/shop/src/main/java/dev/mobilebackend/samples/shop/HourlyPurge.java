// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import dev.mobilebackend.jobs.JobKind;

/**
 * Deletes what has run out, every hour: answers that were kept for retries, and what auth needs no more. The first
 * comes with the tables, under the name that it had when answers were all there was.
 */
@JobKind("purge-answers")
public record HourlyPurge() {

    /** One hour's work. */
    @JobKind("purge-answers.now")
    public record Now() {}
}
