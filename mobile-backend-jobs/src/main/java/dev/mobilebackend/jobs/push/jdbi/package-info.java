// SPDX-License-Identifier: Apache-2.0
/**
 * Devices in the application's own database, and the jobs that reach them. Start at
 * {@link dev.mobilebackend.jobs.push.jdbi.PushJobs}.
 */
@NullMarked
package dev.mobilebackend.jobs.push.jdbi;

import org.jspecify.annotations.NullMarked;
