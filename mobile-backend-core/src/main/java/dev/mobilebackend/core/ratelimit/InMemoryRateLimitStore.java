// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits counted in this process alone: with n instances a subject may get n times its permits. Memory is bounded by a
 * number of keys; the keys that are asked for least are forgotten first, and a forgotten key has all its permits.
 */
public final class InMemoryRateLimitStore implements RateLimitStore {

    private final Cache<String, AtomicLong> arrivals;

    public InMemoryRateLimitStore() {
        this(100_000);
    }

    public InMemoryRateLimitStore(int maximumKeys) {
        if (maximumKeys < 1) {
            throw new IllegalArgumentException("maximumKeys must be at least 1, was " + maximumKeys);
        }
        arrivals = Caffeine.newBuilder().maximumSize(maximumKeys).build();
    }

    @Override
    public long take(String key, long now, long interval, long window) {
        AtomicLong arrival = arrivals.get(key, absent -> new AtomicLong());
        while (true) {
            long before = arrival.get();
            long after = Math.max(before, now) + interval;
            long untilFull = after - now;
            if (untilFull > window) {
                return window - untilFull;
            }
            if (arrival.compareAndSet(before, after)) {
                return untilFull;
            }
        }
    }

    /** How many keys are remembered right now. */
    long keys() {
        arrivals.cleanUp();
        return arrivals.estimatedSize();
    }
}
