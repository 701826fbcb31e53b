// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.javalin;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.RouteTerms;
import io.javalin.security.RouteRole;
import java.util.ArrayList;
import java.util.List;

/**
 * Who may reach a route of Javalin's, said where that is registered. Begun by a {@link JavalinEdge}, because Javalin by
 * itself serves a route whatever stands here. Immutable: each refinement is a new rule, so that one may stand on many
 * routes.
 */
@SuppressWarnings("exports") // whoever calls this requires Javalin already
public final class Rule implements RouteRole, RouteTerms<Rule> {

    private final List<Object> terms;

    private Rule(List<Object> terms) {
        this.terms = List.copyOf(terms);
    }

    static Rule beginning(Access condition) {
        requireNonNull(condition, "condition must not be null: where everybody may come in, say open");
        return new Rule(List.of(condition));
    }

    @Override
    public Rule with(Object rule) {
        requireNonNull(rule, "what refines a rule must not be null: leave it out");
        var all = new ArrayList<>(terms);
        all.add(rule);
        return new Rule(all);
    }

    List<Object> terms() {
        return terms;
    }
}
