// SPDX-License-Identifier: Apache-2.0
/**
 * What a decision of the limiter costs. Start at {@link dev.mobilebackend.benchmarks.limiter.LimiterBenchmark}.
 */
@NullMarked
package dev.mobilebackend.benchmarks.limiter;

import org.jspecify.annotations.NullMarked;
