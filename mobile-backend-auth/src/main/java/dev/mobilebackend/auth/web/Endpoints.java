// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.access.InPerson;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.RouteTerms;
import dev.mobilebackend.core.route.Routes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The endpoints of auth, each with what it demands and who answers it. A group of them adds itself; what follows one
 * refines it, as in {@link Routes}.
 */
final class Endpoints implements RouteTerms<Endpoints> {

    /** Answers one endpoint's requests. */
    @FunctionalInterface
    interface Handler {
        Answer answer(Exchange exchange);
    }

    private record Key(HttpMethod method, String template) {}

    private record Declared(HttpMethod method, String template, Access condition, List<Object> rules) {}

    private final String prefix;
    private final List<Declared> declared = new ArrayList<>();
    private final Map<Key, Handler> handlers = new HashMap<>();
    private final Set<String> anonymous = new LinkedHashSet<>();

    /** No endpoint yet; all will be under a path. */
    Endpoints(String prefix) {
        this.prefix = prefix;
    }

    /**
     * For everybody, within a limit for each client that leaves room for many phones behind one address. A bearer token
     * is not looked at: an app that puts it on every request must be able to refresh when it has expired.
     */
    Endpoints open(HttpMethod method, String path, int aMinute, Handler handler) {
        anonymous.add(prefix + path);
        return add(Access.open(), method, path, handler)
                .limit(RateLimitPolicy.perClient(aMinute, Duration.ofMinutes(1))
                        .named("auth" + path.replace('/', '-')));
    }

    /** For those who have signed in, and for nobody in their place. */
    Endpoints signedIn(HttpMethod method, String path, Handler handler) {
        return add(Access.signedIn(), method, path, handler).access(new InPerson());
    }

    @Override
    public Endpoints with(Object rule) {
        declared.get(declared.size() - 1).rules().add(rule);
        return this;
    }

    /** Templates on which a bearer token is not looked at. */
    Set<String> anonymous() {
        return anonymous;
    }

    void declareIn(Routes routes) {
        for (Declared endpoint : declared) {
            routes.only(endpoint.condition(), endpoint.method(), endpoint.template());
            endpoint.rules().forEach(routes::with);
        }
    }

    Answer answer(Exchange exchange) {
        Endpoint endpoint = exchange.endpoint();
        Handler handler = handlers.get(new Key(endpoint.method(), endpoint.template()));
        if (handler == null) {
            throw Problem.NOT_FOUND.exception();
        }
        return handler.answer(exchange);
    }

    private Endpoints add(Access condition, HttpMethod method, String path, Handler handler) {
        declared.add(new Declared(method, prefix + path, condition, new ArrayList<>()));
        handlers.put(new Key(method, prefix + path), handler);
        return this;
    }
}
