// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ratelimit.RateLimitDecision.Allowed;
import dev.mobilebackend.core.ratelimit.RateLimitDecision.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Counts against policies, for whatever an application limits besides requests.
 *
 * <pre>{@code
 * limiter.decide(perCaller(5, ofHours(1)).named("sms"), "sms", phoneNumber, now)
 * }</pre>
 *
 * Thread safe.
 */
public final class RateLimiter {

    private final RateLimitStore store;
    private final SubjectKeys keys;

    public RateLimiter(RateLimitStore store) {
        this.store =
                requireNonNull(store, "store must not be null: new InMemoryRateLimitStore() counts in this process");
        keys = new SubjectKeys(store.hashKey());
    }

    /**
     * Takes a permit for a subject.
     *
     * @param scope what the limit is for; each scope counts by itself, and so does each name within it
     * @param subject who asks, such as an account
     */
    public RateLimitDecision decide(RateLimitPolicy policy, String scope, String subject, Instant now) {
        Rate rate = Rate.of(policy);
        long key = keys.limit(policy.name(), scope) ^ keys.other(subject);
        long outcome = store.take(key, rate.interval(), rate.window(), ChronoUnit.MICROS.between(Instant.EPOCH, now));
        Duration wait = Duration.of(rate.untilMore(outcome), ChronoUnit.MICROS);
        return outcome >= 0 ? new Allowed(policy, rate.remaining(outcome, 1), wait) : new Refused(policy, wait);
    }

    RateLimitStore store() {
        return store;
    }

    SubjectKeys keys() {
        return keys;
    }
}
