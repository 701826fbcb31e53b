// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.HttpMethod;
import java.util.List;

/**
 * One declared endpoint and who may reach it.
 *
 * @param endpoint what it answers to, with further declarations by type, such as rate limits
 * @param open whether it was declared open, so that nobody need sign in
 */
public record Route(Endpoint endpoint, boolean open) {

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

    @Override
    public String toString() {
        return endpoint.toString();
    }
}
