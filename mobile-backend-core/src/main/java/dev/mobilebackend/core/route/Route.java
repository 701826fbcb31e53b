// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.HttpMethod;
import java.util.List;

/**
 * One declared endpoint.
 *
 * @param method the method it answers
 * @param template its path, such as {@code /v1/orders/{id}}; a variable stands for one whole segment
 * @param open whether it was declared open, so that nobody need sign in
 * @param access conditions that must all hold
 * @param rules further declarations by type, such as rate limits
 */
public record Route(HttpMethod method, String template, boolean open, List<Access> access, List<?> rules) {

    public Route {
        access = List.copyOf(access);
        rules = List.copyOf(rules);
    }

    @Override
    public String toString() {
        return method + " " + template;
    }
}
