// SPDX-License-Identifier: Apache-2.0
/**
 * Jobs in the application's own database, enqueued in its own transactions. Start at
 * {@link dev.mobilebackend.jobs.jdbi.JdbiJobStore}.
 */
@NullMarked
package dev.mobilebackend.jobs.jdbi;

import org.jspecify.annotations.NullMarked;
