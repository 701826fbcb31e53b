// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.javalin;

import dev.mobilebackend.core.route.Access;

/**
 * Beginnings of rules that travel with Javalin's own routes; import them statically.
 *
 * <pre>{@code
 * config.routes
 *         .get("/v1/products/{id}", answering(products::one), open())
 *         .get("/v1/orders/{id}", answering(orders::one), signedIn().owner(orders::ownerOf));
 * }</pre>
 */
public final class Rules {

    private Rules() {}

    /** Everybody may reach it. */
    public static Rule open() {
        return only(Access.open());
    }

    /** Those who have signed in. */
    public static Rule signedIn() {
        return only(Access.signedIn());
    }

    /** Those who have a role. */
    public static Rule role(String role) {
        return only(Access.role(role));
    }

    /** Those whose token has a scope. */
    public static Rule scope(String scope) {
        return only(Access.scope(scope));
    }

    /** Those who meet a condition, such as one made by {@link Access#anyOf}. */
    public static Rule only(Access condition) {
        return Rule.beginning(condition);
    }
}
