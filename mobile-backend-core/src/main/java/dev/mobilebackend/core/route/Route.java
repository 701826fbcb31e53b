// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.route.Access.AllOf;
import dev.mobilebackend.core.route.Access.AnyOf;
import dev.mobilebackend.core.route.Access.Open;
import dev.mobilebackend.core.route.Access.PrivateNetwork;
import java.util.List;
import java.util.function.Predicate;

/** One declared endpoint and who may reach it. Immutable. */
public final class Route {

    private final Endpoint endpoint;
    private final boolean open;
    private final boolean hidden;
    private final boolean needsCaller;

    Route(Endpoint endpoint) {
        this.endpoint = endpoint;
        open = access().stream().anyMatch(Open.class::isInstance);
        hidden = access().stream().anyMatch(Route::hides);
        needsCaller = access().stream().anyMatch(Access::needsCaller);
    }

    /** What it answers to, with everything declared for it by type. */
    public Endpoint endpoint() {
        return endpoint;
    }

    public HttpMethod method() {
        return endpoint.method();
    }

    /** The path, such as {@code /v1/orders/{id}}; a variable stands for one whole segment. */
    public String template() {
        return endpoint.template();
    }

    public List<?> rules() {
        return endpoint.rules();
    }

    /** The conditions for reaching it, which must all hold. */
    public List<Access> access() {
        return endpoint.declared(Access.class);
    }

    /** Whether it was declared open, so that nobody need sign in. */
    public boolean isOpen() {
        return open;
    }

    /** Whether it exists only for clients inside the operator's own network. */
    public boolean isPrivate() {
        return hidden;
    }

    /** Whether nobody reaches it without a token. */
    public boolean needsCaller() {
        return needsCaller;
    }

    /** Whether one of its conditions, or of those that they are made of, is of this kind. */
    public boolean mentions(Predicate<Access> kind) {
        return access().stream().anyMatch(condition -> contains(condition, kind));
    }

    /** Whether a token is of use here, be it only as one way in of several. */
    public boolean mentionsCaller() {
        return mentions(Access::needsCaller);
    }

    private static boolean hides(Access condition) {
        if (condition instanceof AllOf all) {
            return all.conditions().stream().anyMatch(Route::hides);
        }
        if (condition instanceof AnyOf any) {
            return any.alternatives().stream().allMatch(Route::hides);
        }
        return condition instanceof PrivateNetwork;
    }

    static boolean contains(Access condition, Predicate<Access> kind) {
        if (condition instanceof AllOf all) {
            return all.conditions().stream().anyMatch(part -> contains(part, kind));
        }
        if (condition instanceof AnyOf any) {
            return any.alternatives().stream().anyMatch(part -> contains(part, kind));
        }
        return kind.test(condition);
    }

    @Override
    public String toString() {
        return endpoint.toString();
    }
}
