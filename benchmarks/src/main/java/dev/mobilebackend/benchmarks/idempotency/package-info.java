// SPDX-License-Identifier: Apache-2.0
/** What it costs to be idempotent. Start at {@link dev.mobilebackend.benchmarks.idempotency.IdempotencyBenchmark}. */
@NullMarked
package dev.mobilebackend.benchmarks.idempotency;

import org.jspecify.annotations.NullMarked;
