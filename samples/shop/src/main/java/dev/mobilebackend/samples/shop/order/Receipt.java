// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import java.time.Instant;

/** The proof of a purchase. */
public record Receipt(String orderId, long number, long total, Instant madeAt) {}
