// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Declares an application's endpoints: each begins with who may reach it, and what follows refines the one declared
 * last.
 *
 * <pre>{@code
 * routes.open(GET, "/v1/products/{id}")
 *         .signedIn(POST, "/v1/orders").idempotent().limit(perCaller(10, ofMinutes(1)))
 *         .signedIn(GET, "/v1/orders/{id}").owner(orders::ownerOf);
 * }</pre>
 */
public final class Routes implements RouteTerms<Routes> {

    private record Draft(HttpMethod method, Template template, List<Object> rules) {

        @Override
        public String toString() {
            return method + " " + template.text();
        }
    }

    private final List<Route> declared = new ArrayList<>();
    private @Nullable Draft last;

    /** Nothing declared yet. */
    public Routes() {}

    /** An endpoint for everybody. */
    public Routes open(HttpMethod method, String template) {
        return only(Access.open(), method, template);
    }

    /** An endpoint for those who have signed in. */
    public Routes signedIn(HttpMethod method, String template) {
        return only(Access.signedIn(), method, template);
    }

    /** An endpoint for those who have a role. */
    public Routes role(String role, HttpMethod method, String template) {
        return only(Access.role(role), method, template);
    }

    /** An endpoint for those whose token has a scope. */
    public Routes scope(String scope, HttpMethod method, String template) {
        return only(Access.scope(scope), method, template);
    }

    /** An endpoint for those who meet a condition, such as one made by {@link Access#anyOf}. */
    public Routes only(Access condition, HttpMethod method, String template) {
        requireNonNull(condition, "condition must not be null: where everybody may come in, say open");
        requireNonNull(method, "method must not be null: such as GET");
        requireNonNull(template, "path must not be null: such as /v1/orders/{id}");
        finishLast();
        last = new Draft(method, Template.parse(template), new ArrayList<>());
        return with(condition);
    }

    @Override
    public Routes with(Object rule) {
        Draft refined = last;
        if (refined == null) {
            throw new IllegalStateException(
                    "declare a route first: open, signedIn, role, scope or only, then what refines it");
        }
        requireNonNull(rule, () -> "what refines " + refined + " must not be null: leave it out");
        refined.rules().add(rule);
        return this;
    }

    /**
     * The finished table.
     *
     * @throws IllegalArgumentException if a route contradicts itself or another; the message has all of that
     */
    public RouteTable build() {
        finishLast();
        return new RouteTable(declared);
    }

    private void finishLast() {
        if (last != null) {
            Template template = last.template();
            declared.add(new Route(new Endpoint(last.method(), template.text(), template.variables(), last.rules())));
            last = null;
        }
    }
}
