// SPDX-License-Identifier: Apache-2.0
/**
 * How many jobs a database bears, how soon they begin and how fairly, beside other libraries and SQL by hand. Start at
 * {@link dev.mobilebackend.benchmarks.jobs.JobsBenchmark}.
 */
@NullMarked
package dev.mobilebackend.benchmarks.jobs;

import org.jspecify.annotations.NullMarked;
