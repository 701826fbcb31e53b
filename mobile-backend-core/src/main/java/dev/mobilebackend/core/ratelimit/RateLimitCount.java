// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

/**
 * How much a limit has done so far.
 *
 * @param limit its name
 * @param scope the route it counts for, or {@code all routes} for all of them together
 * @param refused requests that it refused
 * @param spared requests that it would have refused, were it not on trial
 */
public record RateLimitCount(String limit, String scope, long refused, long spared) {}
