// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import dev.mobilebackend.jobs.JobKind;

/** Deletes answers that are no longer kept for retries, and what auth no longer needs, every hour. The first one comes with the shop's tables. */
@JobKind("purge-answers")
public record PurgeAnswers() {}
