// SPDX-License-Identifier: Apache-2.0
/** Figures of jobs for Micrometer. Start at {@link dev.mobilebackend.jobs.micrometer.JobMetrics}. */
@NullMarked
package dev.mobilebackend.jobs.micrometer;

import org.jspecify.annotations.NullMarked;
