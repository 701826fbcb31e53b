// SPDX-License-Identifier: Apache-2.0
/**
 * Schedules whose ticks become jobs exactly once across the fleet. Start at
 * {@link dev.mobilebackend.jobs.schedule.jdbi.JobSchedules}.
 */
@NullMarked
package dev.mobilebackend.jobs.schedule.jdbi;

import org.jspecify.annotations.NullMarked;
