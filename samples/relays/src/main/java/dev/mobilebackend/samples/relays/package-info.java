// SPDX-License-Identifier: Apache-2.0
/**
 * Senders for an outbox: copy the one for your broker. Start at
 * {@link dev.mobilebackend.samples.relays.KafkaEventSender} or
 * {@link dev.mobilebackend.samples.relays.RabbitEventSender}.
 */
@NullMarked
package dev.mobilebackend.samples.relays;

import org.jspecify.annotations.NullMarked;
