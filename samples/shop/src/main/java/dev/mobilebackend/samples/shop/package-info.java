// SPDX-License-Identifier: Apache-2.0
/** A mobile shop on every module of the library. Start at {@link dev.mobilebackend.samples.shop.Shop}. */
@NullMarked
package dev.mobilebackend.samples.shop;

import org.jspecify.annotations.NullMarked;
