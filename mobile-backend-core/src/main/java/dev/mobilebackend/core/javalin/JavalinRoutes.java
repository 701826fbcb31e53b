// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.javalin;

import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.Route;
import dev.mobilebackend.core.route.RouteTable;
import dev.mobilebackend.core.route.Routes;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import io.javalin.router.InternalRouter;
import io.javalin.router.ParsedEndpoint;
import io.javalin.security.Roles;
import io.javalin.security.RouteRole;
import io.javalin.websocket.WsHandlerEntry;
import io.javalin.websocket.WsHandlerType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What Javalin's router serves, and the rules that were registered with it. */
final class JavalinRoutes {

    /** One registration; a WebSocket begins as a GET. */
    private record Served(String method, String path, Set<? extends RouteRole> roles) {

        List<Rule> rules() {
            return roles.stream()
                    .filter(Rule.class::isInstance)
                    .map(Rule.class::cast)
                    .toList();
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private final JavalinConfig config;
    private final List<Served> served = new ArrayList<>();

    JavalinRoutes(JavalinConfig config) {
        this.config = config;
        for (ParsedEndpoint parsed : config.unsafe.internalRouter.allHttpHandlers()) {
            Endpoint endpoint = parsed.endpoint;
            if (endpoint.method.isHttpMethod()) {
                Roles roles = endpoint.metadata(Roles.class);
                served.add(new Served(
                        endpoint.method.name(), path(endpoint.path), roles == null ? Set.of() : roles.getRoles()));
            }
        }
        for (WsHandlerEntry entry : config.unsafe.internalRouter.allWsHandlers()) {
            if (entry.getType() == WsHandlerType.WEBSOCKET) {
                served.add(new Served("GET", path(entry.getPath()), entry.getRoles()));
            }
        }
    }

    /** Javalin drops empty segments from its paths, too. */
    private static String path(String registered) {
        return Arrays.stream(registered.split("/", -1))
                .filter(segment -> !segment.isEmpty())
                .collect(Collectors.joining("/", "/", ""));
    }

    boolean haveRules() {
        return served.stream().anyMatch(one -> !one.rules().isEmpty());
    }

    /** Declares every registration that carries a rule. */
    void declare(Routes routes) {
        for (Served one : served) {
            List<Rule> rules = one.rules();
            if (rules.size() > 1) {
                throw new IllegalStateException(
                        one + " was registered with " + rules.size() + " rules: make one of them, by refining it");
            }
            if (!rules.isEmpty()) {
                List<Object> terms = rules.get(0).terms();
                routes.only((Access) terms.get(0), method(one), one.path());
                terms.subList(1, terms.size()).forEach(routes::with);
            }
        }
    }

    private static HttpMethod method(Served one) {
        for (HttpMethod method : HttpMethod.values()) {
            if (method.name().equals(one.method())) {
                return method;
            }
        }
        throw new IllegalStateException(
                one + " cannot be declared: a route's method must be one of " + Arrays.toString(HttpMethod.values()));
    }

    /**
     * Stops the start where Javalin would serve what no rule names, or would take a request to another route than the
     * table does.
     *
     * @param patterns what other servlets are mapped to: those paths never come to Javalin
     */
    void requireAgreement(RouteTable table, Collection<String> patterns) {
        if (config.router.caseInsensitiveRoutes) {
            throw new IllegalStateException("config.router.caseInsensitiveRoutes must be false: paths that differ in"
                    + " case only would reach one handler under different rules");
        }
        table.requireDeclared(served.stream().map(Served::toString).toList());
        InternalRouter router = config.unsafe.internalRouter;
        table.requireSameChoices((method, path) -> {
            ParsedEndpoint first = isTaken(path, patterns)
                    ? null
                    : router.findFirstHttpHandlerEntry(HandlerType.findOrDefault(method.name()), path);
            return first == null ? null : path(first.endpoint.path);
        });
        table.requireSameChoices((method, path) -> {
            WsHandlerEntry first = method != HttpMethod.GET || isTaken(path, patterns)
                    ? null
                    : config.unsafe.wsRouter.getWsPathMatcher().findEndpointHandlerEntry(path);
            return first == null ? null : path(first.getPath());
        });
    }

    private static boolean isTaken(String path, Collection<String> patterns) {
        return patterns.stream()
                .anyMatch(pattern -> pattern.endsWith("/*")
                        ? (path + "/").startsWith(pattern.substring(0, pattern.length() - 1))
                        : path.equals(pattern));
    }

    /** The declared routes that neither Javalin nor a servlet mapped to one of these patterns serves. */
    List<Route> unserved(RouteTable table, Collection<String> patterns) {
        return table.unserved(served.stream().map(Served::toString).toList(), patterns);
    }
}
