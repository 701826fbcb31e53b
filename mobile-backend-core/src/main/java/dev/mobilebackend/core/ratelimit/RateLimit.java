// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Subject;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy.Unit;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A limit as it is declared: one policy for everybody, or whichever holds when a request comes in. All policies of one
 * limit have its name, subject and unit, so a subject whose policy changes keeps the part of its window that it has
 * used.
 */
public sealed interface RateLimit permits RateLimitPolicy, AdjustableLimit, PlanLimit {

    /** What clients see in {@code RateLimit-Policy}, and what is counted together. */
    String name();

    /** Who is counted. */
    Subject subject();

    /** What is counted. */
    Unit unit();

    /** The policy that holds now, for whoever is calling. */
    RateLimitPolicy policy(@Nullable Caller caller);

    /**
     * A limit for each caller that goes by what the caller has bought.
     *
     * <pre>{@code
     * byPlan(perCaller(60, ofMinutes(1)), Plans::of, Map.of("pro", perCaller(600, ofMinutes(1))))
     * }</pre>
     *
     * @param otherwise for anonymous requests and for plans that are not named
     * @param planOf the plan of a caller, asked at each request: it must be quick
     */
    static PlanLimit byPlan(
            RateLimit otherwise, Function<Caller, @Nullable String> planOf, Map<String, ? extends RateLimit> plans) {
        requireNonNull(otherwise, "otherwise must not be null: it holds for anonymous requests and unnamed plans");
        requireNonNull(planOf, "planOf must not be null");
        requireNonNull(plans, "plans must not be null");
        return new PlanLimit(otherwise, planOf, Map.copyOf(plans));
    }

    /** A limit whose policy can be replaced while the application runs; keep it to do so. */
    static AdjustableLimit adjustable(RateLimitPolicy first) {
        requireNonNull(first, "first must not be null: it holds until replace(...) is called");
        return new AdjustableLimit(first);
    }

    /**
     * Checks the limits that hold for one request together: those for all routes, and those of each endpoint.
     *
     * @throws IllegalArgumentException if two of them have one name, or if devices are limited where clients are not
     */
    static void checkTogether(List<? extends RateLimit> everywhere, List<Endpoint> endpoints) {
        var names = new HashSet<String>();
        for (RateLimit limit : everywhere) {
            if (!names.add(limit.name())) {
                throw new IllegalArgumentException("two limits for all routes have the name '" + limit.name()
                        + "', which clients could not tell apart: give one of them another with named(...)");
            }
        }
        for (Endpoint endpoint : endpoints) {
            var subjects = EnumSet.noneOf(Subject.class);
            everywhere.forEach(limit -> subjects.add(limit.subject()));
            for (RateLimit limit : endpoint.declared(RateLimit.class)) {
                if (names.contains(limit.name())) {
                    throw new IllegalArgumentException(endpoint + " has two limits with the name '" + limit.name()
                            + "', one of them for all routes, which clients could not tell apart:"
                            + " give one of them another with named(...)");
                }
                subjects.add(limit.subject());
            }
            if (subjects.contains(Subject.DEVICE) && !subjects.contains(Subject.CLIENT)) {
                throw new IllegalArgumentException(endpoint + " limits devices alone, and anybody can make up as many"
                        + " as they want: add a limit per client, here or for all routes");
            }
        }
    }
}
