// SPDX-License-Identifier: Apache-2.0
/**
 * What time tells about accounts. Start at {@code AccountTiming}.
 */
@NullMarked
package dev.mobilebackend.benchmarks.account;

import org.jspecify.annotations.NullMarked;
