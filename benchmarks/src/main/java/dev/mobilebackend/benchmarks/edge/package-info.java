// SPDX-License-Identifier: Apache-2.0
/** What the edge costs. Start at {@link dev.mobilebackend.benchmarks.edge.EdgeBenchmark}. */
@NullMarked
package dev.mobilebackend.benchmarks.edge;

import org.jspecify.annotations.NullMarked;
