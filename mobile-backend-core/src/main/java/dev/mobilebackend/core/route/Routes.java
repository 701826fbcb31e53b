// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy;
import dev.mobilebackend.core.ratelimit.RateLimitStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
public final class Routes {

    private final List<Route> declared = new ArrayList<>();
    private @Nullable Route last;

    /** Nothing declared yet. */
    public Routes() {}

    /** An endpoint for everybody. */
    public Routes open(HttpMethod method, String template) {
        return begin(method, template, true);
    }

    /** An endpoint for those who have signed in. */
    public Routes signedIn(HttpMethod method, String template) {
        return begin(method, template, false).access(Access.signedIn());
    }

    /** An endpoint for those who have a role. */
    public Routes role(String role, HttpMethod method, String template) {
        return begin(method, template, false).access(Access.role(role));
    }

    /** Only the owner of what the last path variable names; see {@link Access#owner}. */
    public Routes owner(Function<String, Optional<String>> ownerOf) {
        String template = refined().template();
        int start = template.lastIndexOf('{');
        if (start < 0) {
            throw new IllegalArgumentException(refined() + " has no variable whose owner could be asked for");
        }
        return access(Access.owner(template.substring(start + 1, template.indexOf('}', start)), ownerOf));
    }

    /**
     * Only from inside the operator's own network. This condition goes before all others, wherever it is declared, so
     * that nobody outside is asked for a token and learns that the endpoint exists.
     */
    public Routes privateNetwork() {
        return rule(0, Access.privateNetwork());
    }

    /** A condition of the application's own. */
    public Routes access(Access condition) {
        return rule(condition);
    }

    /**
     * One more limit for this endpoint, which counts by itself.
     *
     * @throws IllegalArgumentException if the endpoint has one with this name: clients tell limits apart by their names
     */
    public Routes limit(RateLimitPolicy policy) {
        for (Object rule : refined().rules()) {
            if (rule instanceof RateLimitPolicy other && other.name().equals(policy.name())) {
                throw new IllegalArgumentException(refined() + " has two limits with the name '" + policy.name()
                        + "', which clients could not tell apart: give one of them another with named(...)");
            }
        }
        return rule(policy);
    }

    /** No limit applies, not even those for all routes: for health checks. */
    public Routes unlimited() {
        return rule(RateLimitStep.Exemption.UNLIMITED);
    }

    /** Takes an {@code Idempotency-Key} and answers a retry with the first answer. */
    public Routes idempotent() {
        return idempotent(IdempotencyPolicy.standard());
    }

    public Routes idempotent(IdempotencyPolicy policy) {
        if (refined().open()) {
            throw new IllegalArgumentException(
                    refined() + " is open, so keys of different clients could not be told apart: declare it signedIn");
        }
        return rule(policy);
    }

    /**
     * The finished table.
     *
     * @throws IllegalArgumentException if two routes contradict each other
     */
    public RouteTable build() {
        finishLast();
        return new RouteTable(declared);
    }

    private Routes rule(Object rule) {
        return rule(refined().rules().size(), rule);
    }

    private Routes rule(int position, Object rule) {
        Route route = refined();
        var all = new ArrayList<Object>(route.rules());
        all.add(position, rule);
        var endpoint =
                new Endpoint(route.method(), route.template(), route.endpoint().variables(), all);
        last = new Route(endpoint, route.open());
        return this;
    }

    private Routes begin(HttpMethod method, String template, boolean open) {
        finishLast();
        last = new Route(new Endpoint(method, template, variables(template), List.of()), open);
        return this;
    }

    private void finishLast() {
        if (last != null) {
            declared.add(last);
            last = null;
        }
    }

    private Route refined() {
        if (last == null) {
            throw new IllegalStateException("declare a route first: open, signedIn or role, then what refines it");
        }
        return last;
    }

    /** The names of a template's variables; refuses what is no template. */
    private static List<String> variables(String template) {
        if (!template.startsWith("/") || (template.length() > 1 && template.endsWith("/")) || template.contains("//")) {
            throw new IllegalArgumentException(
                    "a route's path must start with / and have no empty segment, was '" + template + "'");
        }
        var names = new ArrayList<String>();
        for (String segment : template.substring(1).split("/", -1)) {
            boolean plain = segment.matches("[A-Za-z0-9._~-]*");
            boolean variable = segment.matches("\\{[A-Za-z][A-Za-z0-9]*}");
            if (!plain && !variable) {
                throw new IllegalArgumentException(
                        "a segment must be a plain name or a {variable}, was '" + segment + "' in '" + template + "'");
            }
            if (variable && names.contains(segment.substring(1, segment.length() - 1))) {
                throw new IllegalArgumentException("the variable " + segment + " stands twice in '" + template + "'");
            }
            if (variable) {
                names.add(segment.substring(1, segment.length() - 1));
            }
        }
        return names;
    }
}
