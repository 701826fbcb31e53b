// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import dev.mobilebackend.core.ratelimit.RateLimitDecision.Allowed;
import dev.mobilebackend.core.ratelimit.RateLimitDecision.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Counts requests against policies. Thread safe. */
public final class RateLimiter {

    private final RateLimitStore store;

    public RateLimiter(RateLimitStore store) {
        this.store = store;
    }

    /**
     * Takes a permit for a subject. Limits that differ in name, permits or window count by themselves.
     *
     * @param scope what the limit is for, such as a route; each scope counts by itself
     * @param subject who asks, such as an account
     */
    public RateLimitDecision decide(RateLimitPolicy policy, String scope, String subject, Instant now) {
        long interval = policy.intervalMicros();
        long window = interval * policy.permits();
        String key = policy.name() + '|' + policy.permits() + '/' + window + '|' + scope + '|' + subject;
        long untilFull = store.take(key, ChronoUnit.MICROS.between(Instant.EPOCH, now), interval, window);
        if (untilFull < 0) {
            return new Refused(policy, micros(-untilFull));
        }
        long untilMore = untilFull % interval;
        return new Allowed(policy, (window - untilFull) / interval, micros(untilMore == 0 ? interval : untilMore));
    }

    private static Duration micros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
