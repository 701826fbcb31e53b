// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.load.LoadStep;
import dev.mobilebackend.core.load.PriorityRule;
import dev.mobilebackend.core.ratelimit.RateLimit;
import dev.mobilebackend.core.ratelimit.RateLimitStep;
import dev.mobilebackend.core.ratelimit.RequestCost;
import dev.mobilebackend.core.route.Access.Owner;
import dev.mobilebackend.core.route.Contract.Accepts;
import dev.mobilebackend.core.route.Contract.Answers;
import dev.mobilebackend.core.transport.BodyPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** What cannot be meant, within one route or between two. */
final class Contradictions {

    private final List<Route> routes;
    private final List<Template> templates;
    private final List<String> faults = new ArrayList<>();

    private Contradictions(List<Route> routes) {
        this.routes = routes;
        templates =
                routes.stream().map(route -> Template.parse(route.template())).toList();
    }

    /**
     * Does nothing where there are none.
     *
     * @throws IllegalArgumentException with all of them, a line each
     */
    static void refuse(List<Route> routes) {
        var found = new Contradictions(routes);
        for (int i = 0; i < routes.size(); i++) {
            found.within(routes.get(i));
            for (int j = 0; j < i; j++) {
                found.between(j, i);
            }
        }
        if (!found.faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", found.faults));
        }
    }

    private void within(Route route) {
        if (route.access().isEmpty()) {
            fault(route + " does not say who may reach it: begin it with open, signedIn, role, scope or only");
        }
        if (route.isOpen() && route.mentionsCaller()) {
            fault(route + " is open, yet asks who is calling: declare it signedIn, or leave that condition out");
        }
        for (Access condition : route.access()) {
            ownersIn(route, condition);
        }
        if (count(route, IdempotencyPolicy.class) > 0) {
            keys(route);
        }
        if (count(route, BodyPolicy.class) > 1) {
            fault(route + " has two policies for its body: keep one");
        }
        if (count(route, RequestCost.class) > 1) {
            fault(route + " has two costs: declare one that says it all");
        }
        if (count(route, PriorityRule.class) > 1) {
            fault(route + " has two rules on its priority: keep one");
        }
        exemptions(route);
        answers(route);
        var names = new HashSet<String>();
        for (RateLimit limit : route.endpoint().declared(RateLimit.class)) {
            if (!names.add(limit.name())) {
                fault(route + " has two limits with the name '" + limit.name()
                        + "', which clients could not tell apart: give one of them another with named(...)");
            }
        }
        if (isSafe(route) && count(route, Accepts.class) > 0) {
            fault(route + " accepts a body, which clients and proxies drop from a " + route.method()
                    + ": take it from the query, or declare a POST");
        }
    }

    private void exemptions(Route route) {
        boolean unlimited = count(route, RateLimitStep.Exemption.class) > 0;
        if (unlimited && count(route, RateLimit.class) > 0) {
            fault(route + " is unlimited, yet has a limit: leave one of them out");
        }
        if (unlimited && count(route, RequestCost.class) > 0) {
            fault(route + " is unlimited, yet has a cost: leave one of them out");
        }
        boolean uncounted = unlimited || count(route, LoadStep.Exemption.class) > 0;
        if (uncounted && count(route, PriorityRule.class) > 0) {
            fault(route + " is not counted as load, yet has a rule on its priority: leave one of them out");
        }
    }

    private void answers(Route route) {
        var statuses = new HashSet<Integer>();
        for (Answers answer : route.endpoint().declared(Answers.class)) {
            if (!statuses.add(answer.status())) {
                fault(route + " says twice what it answers with " + answer.status() + ": keep one");
            }
        }
    }

    private static boolean isSafe(Route route) {
        return route.method() == HttpMethod.GET || route.method() == HttpMethod.HEAD;
    }

    private void ownersIn(Route route, Access condition) {
        Route.contains(condition, part -> {
            if (part instanceof Owner owner) {
                owner(route, owner.variable());
            }
            return false; // so that every part is looked at
        });
    }

    private void owner(Route route, String variable) {
        List<String> variables = route.endpoint().variables();
        if (variables.isEmpty()) {
            fault(route
                    + " has no variable whose owner could be asked for: name a thing in its path, as in /things/{id}");
        } else if (!variable.isEmpty() && !variables.contains(variable)) {
            fault(route + " has no variable {" + variable + "} whose owner could be asked for: it has {"
                    + String.join("}, {", variables) + "}");
        }
    }

    private void keys(Route route) {
        if (!route.needsCaller()) {
            fault(route + " lets in clients without a token, whose keys could not be told apart: declare it signedIn");
        }
        if (isSafe(route)) {
            fault(route + " is declared idempotent, which a " + route.method()
                    + " is by itself: leave that out, or declare a POST");
        }
        if (count(route, IdempotencyPolicy.class) > 1) {
            fault(route + " is declared idempotent twice: keep one");
        }
    }

    /** Two routes that some path matches are told apart only if one of them is the more literal one throughout. */
    private void between(int first, int second) {
        Route before = routes.get(first);
        Route route = routes.get(second);
        Template one = templates.get(first);
        Template other = templates.get(second);
        if (before.method() != route.method() || !one.overlaps(other)) {
            return;
        }
        if (one.shape().equals(other.shape())) {
            fault(route + " is declared twice"
                    + (before.template().equals(route.template()) ? "" : ", also as " + before)
                    + ": keep one");
        } else if (!one.isWithin(other) && !other.isWithin(one)) {
            String both = one.pathOfBoth(other, Template.VARIABLE);
            boolean settled = false;
            for (int i = 0; i < routes.size(); i++) {
                settled |= routes.get(i).method() == route.method()
                        && templates.get(i).shape().equals(both);
            }
            if (!settled) {
                fault(before + " and " + route + " both mean " + both
                        + ", and neither is the more literal one: declare that too, or rename one of them");
            }
        }
    }

    private void fault(String sentence) {
        faults.add(sentence);
    }

    private static int count(Route route, Class<?> kind) {
        return route.endpoint().declared(kind).size();
    }
}
