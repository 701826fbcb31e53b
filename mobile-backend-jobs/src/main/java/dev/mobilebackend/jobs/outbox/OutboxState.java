// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox;

import java.time.Duration;

/**
 * How far the relay is behind.
 *
 * @param waiting how many events are not sent, blocked ones included
 * @param blocked how many of these have failed
 * @param age how long ago the first of them was published; zero if there is none
 */
public record OutboxState(long waiting, long blocked, Duration age) {}
