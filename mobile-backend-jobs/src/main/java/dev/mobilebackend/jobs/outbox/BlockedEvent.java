// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox;

import java.time.Instant;

/**
 * An event that could not be sent so far; others of its subject wait behind it.
 *
 * @param attempts how often it was tried
 * @param error why the last one failed
 * @param retryAt when the next one comes
 */
public record BlockedEvent(OutboxEvent event, int attempts, String error, Instant retryAt) {}
