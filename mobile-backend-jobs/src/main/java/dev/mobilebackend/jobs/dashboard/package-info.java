// SPDX-License-Identifier: Apache-2.0
/**
 * A page on which operators see the jobs and steer them, and the same as JSON. Start at
 * {@link dev.mobilebackend.jobs.dashboard.JobsDashboard}.
 */
@NullMarked
package dev.mobilebackend.jobs.dashboard;

import org.jspecify.annotations.NullMarked;
