// SPDX-License-Identifier: Apache-2.0
/** What checking an access token costs. Start at {@link dev.mobilebackend.benchmarks.token.TokenBenchmark}. */
@NullMarked
package dev.mobilebackend.benchmarks.token;

import org.jspecify.annotations.NullMarked;
