// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.access;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.Access;
import java.util.function.Predicate;

/**
 * Something that must be true of a request from somebody signed in: of the caller, of what they ask for or of the
 * circumstances (attribute-based access control, NIST SP 800-162). Others get 403.
 *
 * <pre>{@code
 * routes.signedIn(POST, "/v1/bets").access(Attribute.of("an adult", exchange -> adults.contains(exchange.caller().accountId())));
 * }</pre>
 *
 * @param name goes on after "this needs"; told to the caller
 * @param holds whether it is true
 */
public record Attribute(String name, Predicate<Exchange> holds) implements Access {

    public Attribute {
        requireNonNull(name, "name must not be null: it says what is needed");
        requireNonNull(holds, "holds must not be null: it says whether it is true of a request");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name must say what is needed, was blank");
        }
    }

    public static Attribute of(String name, Predicate<Exchange> holds) {
        return new Attribute(name, holds);
    }

    @Override
    public void check(Exchange exchange) {
        exchange.caller();
        if (!holds.test(exchange)) {
            throw Problem.FORBIDDEN.detail("this needs " + name).exception();
        }
    }

    @Override
    public boolean needsCaller() {
        return true;
    }

    @Override
    public String toString() {
        return "Attribute[" + name + "]";
    }
}
