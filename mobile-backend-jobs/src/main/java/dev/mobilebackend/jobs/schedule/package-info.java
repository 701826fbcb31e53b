// SPDX-License-Identifier: Apache-2.0
/** When a job comes again, by the calendar or the clock. Start at {@link dev.mobilebackend.jobs.schedule.Schedule}. */
@NullMarked
package dev.mobilebackend.jobs.schedule;

import org.jspecify.annotations.NullMarked;
