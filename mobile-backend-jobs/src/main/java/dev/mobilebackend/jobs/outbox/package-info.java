// SPDX-License-Identifier: Apache-2.0
/**
 * Events for other systems, published in the transaction that they tell of and sent at least once, in order. Start at
 * {@link dev.mobilebackend.jobs.outbox.NewEvent}; {@code Outbox} in the room below publishes it.
 */
@NullMarked
package dev.mobilebackend.jobs.outbox;

import org.jspecify.annotations.NullMarked;
