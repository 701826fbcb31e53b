// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import java.util.List;

/** Checks every condition that a route was declared with. */
public final class AccessStep implements EdgeStep {

    /** The step has no choices: routes declare their own conditions. */
    public AccessStep() {}

    @Override
    public void apply(Exchange exchange) {
        List<Access> conditions = exchange.declared(Access.class);
        for (int i = 0; i < conditions.size(); i++) {
            conditions.get(i).check(exchange);
        }
    }
}
