// SPDX-License-Identifier: Apache-2.0
/**
 * The outbox and the inbox in the application's own database. Start at
 * {@link dev.mobilebackend.jobs.outbox.jdbi.Outbox}.
 */
@NullMarked
package dev.mobilebackend.jobs.outbox.jdbi;

import org.jspecify.annotations.NullMarked;
