// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One condition for reaching a route; a route's conditions must all hold. Refuses by throwing. Conditions are made of
 * others by {@link #anyOf} and {@link #allOf}, and an application's own is a lambda.
 *
 * <pre>{@code
 * Access.anyOf(Access.role("support"), Access.owner(orders::ownerOf))
 * }</pre>
 */
@FunctionalInterface
public interface Access {

    void check(Exchange exchange);

    /**
     * Whether nobody meets it without a token. The route table, and documents made of it, know of callers by this; a
     * condition that asks {@code exchange.caller()} first says so.
     */
    default boolean needsCaller() {
        return false;
    }

    /** Everybody. */
    static Access open() {
        return new Open();
    }

    /** Somebody whose token was verified; others get 401. */
    static Access signedIn() {
        return new SignedIn();
    }

    /** Somebody who has the role; others get 403. */
    static Access role(String role) {
        return new Role(role);
    }

    /** Somebody whose token may be used for this; others get 403 (RFC 6750 section 3.1). */
    static Access scope(String scope) {
        return new Scope(scope);
    }

    /**
     * The account that owns what the last path variable names; for everybody else it does not exist, so that nobody
     * learns what others have.
     */
    static Access owner(Function<String, Optional<String>> ownerOf) {
        return new Owner("", ownerOf);
    }

    /** {@link #owner(Function)} for what another path variable names. */
    static Access owner(String variable, Function<String, Optional<String>> ownerOf) {
        return new Owner(variable, ownerOf);
    }

    /**
     * A client inside the operator's own network that did not come through a proxy; for others the route does not
     * exist.
     */
    static Access privateNetwork() {
        return new PrivateNetwork();
    }

    /** One of these conditions at least, asked in this order. */
    static Access anyOf(Access... alternatives) {
        requireNonNull(alternatives, "alternatives must not be null");
        return new AnyOf(List.of(alternatives));
    }

    /** Each of these conditions, asked in this order. */
    static Access allOf(Access... conditions) {
        requireNonNull(conditions, "conditions must not be null");
        return new AllOf(List.of(conditions));
    }

    /** See {@link Access#open()}. */
    record Open() implements Access {
        @Override
        public void check(Exchange exchange) {
            // holds for everybody
        }
    }

    /** See {@link Access#signedIn()}. */
    record SignedIn() implements Access {
        @Override
        public void check(Exchange exchange) {
            exchange.caller();
        }

        @Override
        public boolean needsCaller() {
            return true;
        }
    }

    /** See {@link Access#role}. */
    record Role(String name) implements Access {

        public Role {
            requireNonNull(name, "role must not be null: where any caller will do, say signedIn");
            if (name.isBlank()) {
                throw new IllegalArgumentException("role must not be empty: where any caller will do, say signedIn");
            }
        }

        @Override
        public void check(Exchange exchange) {
            if (!exchange.caller().roles().contains(name)) {
                throw Problem.FORBIDDEN
                        .detail("this needs the role '" + name + "'")
                        .exception();
            }
        }

        @Override
        public boolean needsCaller() {
            return true;
        }
    }

    /** See {@link Access#scope}. */
    record Scope(String name) implements Access {

        public Scope {
            requireNonNull(name, "scope must not be null: where any token will do, say signedIn");
            if (!name.matches("[!#-\\[\\]-~]+")) { // RFC 6749 section 3.3
                throw new IllegalArgumentException(
                        "a scope must be visible ASCII without spaces, quotes and backslashes, was '" + name + "'");
            }
        }

        @Override
        public void check(Exchange exchange) {
            if (!exchange.caller().scopes().contains(name)) {
                throw Problem.FORBIDDEN
                        .detail("this needs a token with the scope '" + name + "'")
                        .header("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"" + name + '"')
                        .exception();
            }
        }

        @Override
        public boolean needsCaller() {
            return true;
        }
    }

    /**
     * See {@link Access#owner(Function)}.
     *
     * @param variable the path variable, or nothing for the last one
     */
    record Owner(String variable, Function<String, Optional<String>> ownerOf) implements Access {

        public Owner {
            requireNonNull(variable, "variable must not be null: leave it out for the last one");
            requireNonNull(ownerOf, "ownerOf must not be null: it says whose a thing is, by what the path says of it");
        }

        @Override
        public void check(Exchange exchange) {
            String account = exchange.caller().accountId();
            Optional<String> owner = requireNonNull(
                    ownerOf.apply(exchange.pathParameter(
                            variableIn(exchange.endpoint().variables()))),
                    () -> "the function that says whose a thing is returned null for " + exchange.endpoint()
                            + ": return Optional.empty() where it is nobody's");
            if (owner.isEmpty() || !owner.get().equals(account)) {
                throw Problem.NOT_FOUND.exception();
            }
        }

        @Override
        public boolean needsCaller() {
            return true;
        }

        private String variableIn(List<String> variables) {
            return variable.isEmpty() ? variables.get(variables.size() - 1) : variable;
        }
    }

    /** See {@link Access#privateNetwork()}. */
    record PrivateNetwork() implements Access {

        @Override
        public void check(Exchange exchange) {
            if (!holds(exchange)) {
                throw Problem.NOT_FOUND.exception();
            }
        }

        static boolean holds(Exchange exchange) {
            return exchange.facts().client().isPrivate() && !exchange.isForwarded();
        }
    }

    /** See {@link Access#anyOf}. */
    record AnyOf(List<Access> alternatives) implements Access {

        public AnyOf {
            alternatives = List.copyOf(alternatives);
            if (alternatives.isEmpty()) {
                throw new IllegalArgumentException("anyOf needs at least one condition: nobody could meet none");
            }
        }

        /** Where none holds: 401 where a token could help, else 404 where something hides, else the first refusal. */
        @Override
        public void check(Exchange exchange) {
            var refusals = new ArrayList<ProblemException>(alternatives.size());
            for (Access alternative : alternatives) {
                try {
                    alternative.check(exchange);
                    return;
                } catch (ProblemException refused) {
                    refusals.add(refused);
                }
            }
            throw withStatus(refusals, 401).or(() -> withStatus(refusals, 404)).orElse(refusals.get(0));
        }

        @Override
        public boolean needsCaller() {
            return alternatives.stream().allMatch(Access::needsCaller);
        }

        private static Optional<ProblemException> withStatus(List<ProblemException> refusals, int status) {
            return refusals.stream()
                    .filter(refusal -> refusal.problem().status() == status)
                    .findFirst();
        }
    }

    /** See {@link Access#allOf}. */
    record AllOf(List<Access> conditions) implements Access {

        public AllOf {
            conditions = List.copyOf(conditions);
            if (conditions.isEmpty()) {
                throw new IllegalArgumentException("allOf needs at least one condition: without any it would be open");
            }
        }

        @Override
        public void check(Exchange exchange) {
            for (Access condition : conditions) {
                condition.check(exchange);
            }
        }

        @Override
        public boolean needsCaller() {
            return conditions.stream().anyMatch(Access::needsCaller);
        }
    }
}
