// SPDX-License-Identifier: Apache-2.0
/**
 * What the load limit saves when far more is asked than can be answered. Start at {@link
 * dev.mobilebackend.benchmarks.load.LoadBenchmark}.
 */
@NullMarked
package dev.mobilebackend.benchmarks.load;

import org.jspecify.annotations.NullMarked;
