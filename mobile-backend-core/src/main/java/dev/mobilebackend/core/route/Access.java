// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import java.util.Optional;
import java.util.function.Function;

/** One condition for reaching a route; a route's conditions must all hold. Refuses by throwing. */
@FunctionalInterface
public interface Access {

    void check(Exchange exchange);

    /** Somebody whose token was verified; others get 401. */
    static Access signedIn() {
        return Exchange::caller;
    }

    /** Somebody who has the role; others get 403. */
    static Access role(String role) {
        return exchange -> {
            if (!exchange.caller().roles().contains(role)) {
                throw Problem.FORBIDDEN
                        .detail("this needs the role '" + role + "'")
                        .exception();
            }
        };
    }

    /**
     * The account that owns what a path variable names; for everybody else it does not exist, so that nobody learns
     * what others have.
     */
    static Access owner(String variable, Function<String, Optional<String>> ownerOf) {
        return exchange -> {
            Caller caller = exchange.caller();
            boolean owns = ownerOf.apply(exchange.pathParameter(variable))
                    .filter(caller.accountId()::equals)
                    .isPresent();
            if (!owns) {
                throw Problem.NOT_FOUND.exception();
            }
        };
    }

    /**
     * A client inside the operator's own network that did not come through a proxy; for others the route does not
     * exist.
     */
    static Access privateNetwork() {
        return exchange -> {
            if (!exchange.facts().client().isPrivate() || exchange.isForwarded()) {
                throw Problem.NOT_FOUND.exception();
            }
        };
    }
}
