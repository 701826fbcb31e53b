// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.Routes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the dashboard answers, below the path that it is mapped to: reads for who may watch, the rest for who may act. */
final class Endpoints {

    /** Answers one endpoint's requests, with links that begin with the root. */
    @FunctionalInterface
    interface Handler {
        Answer answer(Exchange exchange, String root);
    }

    private record Key(HttpMethod method, String template) {}

    private final String path;
    private final Map<Key, Handler> handlers = new LinkedHashMap<>();

    Endpoints(String path) {
        this.path = path;
    }

    void get(String below, Handler handler) {
        handlers.put(new Key(HttpMethod.GET, path + below), handler);
    }

    void post(String below, Handler handler) {
        handlers.put(new Key(HttpMethod.POST, path + below), handler);
    }

    void declareIn(Routes routes, Access watch, @Nullable Access act) {
        handlers.keySet()
                .forEach(key -> routes.only(
                        key.method == HttpMethod.GET || act == null ? watch : act, key.method, key.template));
    }

    Answer answer(Exchange exchange, String contextPath) {
        Endpoint endpoint = exchange.endpoint();
        Handler handler = handlers.get(new Key(endpoint.method(), endpoint.template()));
        if (handler == null) {
            throw Problem.NOT_FOUND.exception();
        }
        return handler.answer(exchange, contextPath + path);
    }
}
