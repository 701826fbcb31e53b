// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Unit;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A declared limit that counts in one scope: one route, or all of them together. Thread safe. */
final class CountedLimit {

    private static final int REMEMBERED = 8;

    private final RateLimit limit;
    private final String scope;
    private final long key;
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong spared = new AtomicLong();

    /** The bands of the policies that held last. Replaced as a whole; threads that race make one twice. */
    private volatile Band[] bands = {};

    CountedLimit(RateLimit limit, String scope, SubjectKeys keys) {
        this.limit = limit;
        this.scope = scope;
        key = keys.limit(limit.name(), scope);
    }

    /** The part of its keys that sets it apart from other limits. */
    long key() {
        return key;
    }

    boolean countsBytes() {
        return limit.unit() == Unit.CONTENT_BYTES;
    }

    /** The band of the policy that holds now. */
    Band band(@Nullable Caller caller) {
        RateLimitPolicy policy = limit.policy(caller);
        Band[] known = bands;
        for (Band band : known) {
            if (Objects.equals(band.policy(), policy)) {
                return band;
            }
        }
        Band[] more = Arrays.copyOf(known, Math.min(known.length + 1, REMEMBERED));
        System.arraycopy(known, 0, more, 1, more.length - 1);
        more[0] = new Band(this, policy);
        bands = more;
        return more[0];
    }

    void countRefused() {
        refused.incrementAndGet();
    }

    /** One more request that it would have refused, were it not on trial; returns how many there are. */
    long countSpared() {
        return spared.incrementAndGet();
    }

    @Override
    public String toString() {
        return "limit '" + limit.name() + "' for " + scope;
    }

    RateLimitCount count() {
        return new RateLimitCount(limit.name(), scope, refused.get(), spared.get());
    }
}
