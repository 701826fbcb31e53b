// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import dev.mobilebackend.jobs.JobKind;

/** Deletes answers that are no longer kept for retries and what auth needs no more, every hour; the first comes with the tables. */
@JobKind("purge-answers")
public record PurgeAnswers() {}
