// SPDX-License-Identifier: Apache-2.0
/** What it takes to start the shop. Start at {@link dev.mobilebackend.benchmarks.shop.ShopBenchmark}. */
@NullMarked
package dev.mobilebackend.benchmarks.shop;

import org.jspecify.annotations.NullMarked;
