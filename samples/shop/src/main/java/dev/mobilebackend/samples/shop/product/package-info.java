// SPDX-License-Identifier: Apache-2.0
/** What the shop sells. Start at {@link dev.mobilebackend.samples.shop.product.Products}. */
@NullMarked
package dev.mobilebackend.samples.shop.product;

import org.jspecify.annotations.NullMarked;
