// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import java.time.Duration;

/** What a limit says about one request. */
public sealed interface RateLimitDecision {

    RateLimitPolicy policy();

    /**
     * The request may go on.
     *
     * @param remaining permits left right now
     * @param untilMore time until one more is there
     */
    record Allowed(RateLimitPolicy policy, long remaining, Duration untilMore) implements RateLimitDecision {}

    /**
     * The request must wait.
     *
     * @param retryAfter time until it would be let through
     */
    record Refused(RateLimitPolicy policy, Duration retryAfter) implements RateLimitDecision {}
}
