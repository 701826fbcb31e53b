// SPDX-License-Identifier: Apache-2.0
/**
 * What a refresh costs beside the update of one row. Start at
 * {@link dev.mobilebackend.benchmarks.refresh.RefreshBenchmark}.
 */
@NullMarked
package dev.mobilebackend.benchmarks.refresh;

import org.jspecify.annotations.NullMarked;
