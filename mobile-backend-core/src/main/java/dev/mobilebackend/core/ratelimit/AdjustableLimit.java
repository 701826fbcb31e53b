// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Subject;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Unit;
import org.jspecify.annotations.Nullable;

/**
 * A limit whose policy an operator replaces while the application runs. What a subject has used stays used, as a part
 * of its window: who had half of the old permits left has half of the new ones. Thread safe.
 */
public final class AdjustableLimit implements RateLimit {

    private volatile RateLimitPolicy current;

    AdjustableLimit(RateLimitPolicy first) {
        current = first;
    }

    /**
     * Lets another policy hold from the next request on.
     *
     * @throws IllegalArgumentException if its name, subject or unit is another: those were checked when the edge was
     *     built
     */
    public void replace(RateLimitPolicy next) {
        requireNonNull(next, "next must not be null");
        next.requireSameAs(current);
        current = next;
    }

    @Override
    public String name() {
        return current.name();
    }

    @Override
    public Subject subject() {
        return current.subject();
    }

    @Override
    public Unit unit() {
        return current.unit();
    }

    @Override
    public RateLimitPolicy policy(@Nullable Caller caller) {
        return current;
    }
}
