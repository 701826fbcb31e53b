// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Subject;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Unit;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A limit for each caller by the caller's plan; made by {@link RateLimit#byPlan}. */
public final class PlanLimit implements RateLimit {

    private final RateLimit otherwise;
    private final Function<Caller, @Nullable String> planOf;
    private final Map<String, RateLimit> plans;

    PlanLimit(RateLimit otherwise, Function<Caller, @Nullable String> planOf, Map<String, RateLimit> plans) {
        if (otherwise.subject() != Subject.CALLER) {
            throw new IllegalArgumentException("only a limit per caller can go by plan, the limit '" + otherwise.name()
                    + "' is per " + otherwise.subject());
        }
        plans.values().forEach(plan -> plan.policy(null).requireSameAs(otherwise.policy(null)));
        this.otherwise = otherwise;
        this.planOf = planOf;
        this.plans = plans;
    }

    @Override
    public String name() {
        return otherwise.name();
    }

    @Override
    public Subject subject() {
        return Subject.CALLER;
    }

    @Override
    public Unit unit() {
        return otherwise.unit();
    }

    @Override
    public RateLimitPolicy policy(@Nullable Caller caller) {
        String plan = caller == null ? null : planOf.apply(caller);
        RateLimit limit = plan == null ? otherwise : plans.getOrDefault(plan, otherwise);
        return limit.policy(caller);
    }
}
