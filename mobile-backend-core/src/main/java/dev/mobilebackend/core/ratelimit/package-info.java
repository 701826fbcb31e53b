// SPDX-License-Identifier: Apache-2.0
/** How often somebody may ask. Start at {@link dev.mobilebackend.core.ratelimit.RateLimitPolicy}. */
@NullMarked
package dev.mobilebackend.core.ratelimit;

import org.jspecify.annotations.NullMarked;
