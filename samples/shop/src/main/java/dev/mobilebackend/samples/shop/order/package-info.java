// SPDX-License-Identifier: Apache-2.0
/** What callers have bought. Start at {@link dev.mobilebackend.samples.shop.order.Orders}. */
@NullMarked
package dev.mobilebackend.samples.shop.order;

import org.jspecify.annotations.NullMarked;
