// SPDX-License-Identifier: Apache-2.0
/** What operators look at. Start at {@link dev.mobilebackend.samples.shop.admin.Admin}. */
@NullMarked
package dev.mobilebackend.samples.shop.admin;

import org.jspecify.annotations.NullMarked;
