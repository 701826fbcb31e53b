// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.product;

/**
 * Something to buy.
 *
 * @param price in minor units, such as cents
 * @param stock pieces that can be ordered now
 */
public record Product(long id, String name, long price, int stock) {}
