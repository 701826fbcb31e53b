// SPDX-License-Identifier: Apache-2.0
/** The phones of customers. Start at {@link dev.mobilebackend.samples.shop.push.Phones}. */
@NullMarked
package dev.mobilebackend.samples.shop.push;

import org.jspecify.annotations.NullMarked;
