// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.HttpMethod;
import java.util.Set;

/** What a route table says about a request line. */
public sealed interface RouteMatch {

    /**
     * A declared endpoint.
     *
     * @param pathValues the decoded values of its variables, in their order; not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // made for one request and never compared
    record Found(Route route, String[] pathValues) implements RouteMatch {}

    /** The path is declared, for other methods. */
    record OtherMethods(Set<HttpMethod> allowed) implements RouteMatch {}

    /** Nothing is declared here. */
    record Unknown() implements RouteMatch {}
}
