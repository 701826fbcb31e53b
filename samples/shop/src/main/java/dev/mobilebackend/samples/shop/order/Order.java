// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import java.time.Instant;

/**
 * One purchase, as its owner sees it.
 *
 * @param total in minor units
 * @param status {@code placed} or {@code shipped}
 */
public record Order(String id, long productId, int quantity, long total, String status, Instant createdAt) {}
