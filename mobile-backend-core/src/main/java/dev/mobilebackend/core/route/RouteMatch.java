// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.HttpMethod;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a route table says about a request line. */
public sealed interface RouteMatch {

    /**
     * A declared endpoint.
     *
     * @param decoded the path without its encoding, in which the values of its variables stand; null where it came
     *     without any
     */
    record Found(Route route, @Nullable String decoded) implements RouteMatch {}

    /** The path is declared, for other methods. */
    record OtherMethods(Set<HttpMethod> allowed) implements RouteMatch {}

    /** The path is spelled in a way that some read otherwise, so nothing can be declared here. */
    record Misspelled() implements RouteMatch {}

    /** Nothing is declared here. */
    record Unknown() implements RouteMatch {}
}
