// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.order;

import java.time.LocalDate;

/**
 * What was sold on a day.
 *
 * @param total in minor units
 */
public record Report(LocalDate day, long orders, long total) {}
