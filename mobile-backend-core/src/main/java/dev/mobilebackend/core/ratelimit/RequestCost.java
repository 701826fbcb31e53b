// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.Outcome;
import java.util.function.Predicate;
import java.util.function.ToIntBiFunction;

/**
 * What a request to a route costs, in permits of each limit that counts requests. Called by many threads at once.
 *
 * <pre>{@code
 * routes.signedIn(GET, "/v1/search").cost(RequestCost.of(5).freeIf(outcome -> outcome.status() == 304))
 *         .signedIn(POST, "/v1/reports").cost(RequestCost.of(1)
 *                 .inTheEnd((exchange, outcome) -> 1 + (int) (exchange.elapsedNanos() / 100_000_000)));
 * }</pre>
 */
@FunctionalInterface
public interface RequestCost {

    /**
     * The permits to take before the request goes on, none or more; one that costs more than a limit has takes all of
     * them. Asked by each step and again when the answer has ended, so it must depend on the request alone; a limit per
     * client asks before it is known who is calling.
     */
    int atFirst(Exchange exchange);

    /**
     * The permits that it has cost now that the answer has ended, by default what it cost at first. What was taken too
     * much is given back, what was taken too little is taken without asking, and the next requests wait for it.
     */
    default int inTheEnd(Exchange exchange, Outcome outcome) {
        return atFirst(exchange);
    }

    static RequestCost of(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("a request can't cost less than nothing, was " + permits);
        }
        return exchange -> permits;
    }

    /** This cost, given back where the answer was one that should cost nothing, such as 304 or a failure of ours. */
    default RequestCost freeIf(Predicate<Outcome> free) {
        requireNonNull(free, "free must not be null");
        RequestCost cost = this;
        return inTheEnd((exchange, outcome) -> free.test(outcome) ? 0 : cost.inTheEnd(exchange, outcome));
    }

    /** This cost at first, and another one in the end. */
    default RequestCost inTheEnd(ToIntBiFunction<Exchange, Outcome> settled) {
        requireNonNull(settled, "settled must not be null");
        RequestCost cost = this;
        return new RequestCost() {
            @Override
            public int atFirst(Exchange exchange) {
                return cost.atFirst(exchange);
            }

            @Override
            public int inTheEnd(Exchange exchange, Outcome outcome) {
                return settled.applyAsInt(exchange, outcome);
            }
        };
    }
}
