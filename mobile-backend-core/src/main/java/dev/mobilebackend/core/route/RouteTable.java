// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.route.Access.PrivateNetwork;
import dev.mobilebackend.core.route.RouteMatch.Found;
import dev.mobilebackend.core.route.RouteMatch.Misspelled;
import dev.mobilebackend.core.route.RouteMatch.OtherMethods;
import dev.mobilebackend.core.route.RouteMatch.Unknown;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Every endpoint of an application. A path that is not declared does not exist, and neither does another spelling of
 * one that is, so no handler is reached under another route's rule. Immutable.
 */
public final class RouteTable {

    private static final RouteMatch UNKNOWN = new Unknown();
    private static final RouteMatch MISSPELLED = new Misspelled();

    private final PathTree paths = PathTree.empty();
    private final List<Route> routes;
    private final boolean hasPrivate;

    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        Contradictions.refuse(this.routes);
        this.routes.forEach(route -> paths.add(Template.parse(route.template()), route));
        hasPrivate = this.routes.stream().anyMatch(Route::isPrivate);
    }

    /** The declared routes, in order of declaration. */
    public List<Route> routes() {
        return routes;
    }

    /** What is declared for a method and a raw path; HEAD falls back on GET. */
    public RouteMatch match(String method, String path) {
        return match(method, path, null);
    }

    /**
     * {@link #match(String, String)} that finds nothing where the container reads an encoded path otherwise than we
     * do: its servlets would see other values than those whose owner was asked for.
     *
     * @param decoded the path without its encoding as the container has it, or null where it does not say
     */
    public RouteMatch match(String method, String path, @Nullable String decoded) {
        if (!PathText.isWellSpelled(path)) {
            return PathText.isAnotherPath(path) ? UNKNOWN : MISSPELLED;
        }
        HttpMethod known = known(method);
        if (path.indexOf('%') >= 0) {
            return matchEncoded(known, path, decoded);
        }
        PathTree node = known == null ? null : paths.find(known, path);
        return node == null || known == null ? unmatched(path, route -> true) : node.found(known);
    }

    /**
     * Routers that match the path as it came and containers that match it decoded must come to the same route: an
     * encoded letter of a plain name would take them to two.
     */
    private RouteMatch matchEncoded(@Nullable HttpMethod method, String path, @Nullable String seen) {
        String decoded = PathText.tryDecode(path);
        if (decoded == null) {
            return MISSPELLED;
        }
        if (seen != null && !seen.equals(decoded)) {
            return UNKNOWN;
        }
        PathTree node = method == null ? null : paths.find(method, path);
        if (node == null || method == null) {
            return unmatched(path, route -> true);
        }
        return node == paths.find(method, decoded)
                ? new Found(node.found(method).route(), decoded)
                : UNKNOWN;
    }

    /**
     * What of a match its client may know: to one outside the operator's network, private routes look as if they were
     * not declared.
     */
    public RouteMatch visibleTo(Exchange exchange, RouteMatch match) {
        boolean harmless = !hasPrivate
                || match instanceof Unknown
                || match instanceof Misspelled
                || (match instanceof Found found && !found.route().isPrivate());
        if (harmless || PrivateNetwork.holds(exchange)) {
            return match;
        }
        RouteMatch rest = unmatched(exchange.facts().path(), route -> !route.isPrivate());
        boolean contradicts = rest instanceof OtherMethods other
                && other.allowed().stream().anyMatch(method -> method.name()
                        .equals(exchange.facts().method()));
        return contradicts ? UNKNOWN : rest;
    }

    private RouteMatch unmatched(String path, Predicate<Route> condition) {
        Set<HttpMethod> methods = paths.methods(path, condition);
        return methods.isEmpty() ? UNKNOWN : new OtherMethods(EnumSet.copyOf(methods));
    }

    /**
     * Stops the start of an application that serves what nobody declared.
     *
     * <pre>{@code
     * edge.routes().requireDeclared(List.of("GET /v1/orders/{id}", "POST /v1/orders"));
     * }</pre>
     *
     * @param served what the framework's router serves, each a method, a space and a path; how its variables are
     *     called and what they are restricted to does not matter
     * @throws IllegalStateException if some of it is not declared; the message lists all of that
     */
    public void requireDeclared(Collection<String> served) {
        ServedRoutes.requireDeclared(routes, served);
    }

    /**
     * Stops the start of an application whose servlets serve what nobody declared, or take paths away from a route
     * that was declared for another.
     *
     * @param patterns what servlets are mapped to (Servlet 6.0 section 12.2)
     * @throws IllegalStateException if some of it is not declared; the message lists all of that
     */
    public void requireMapped(Collection<String> patterns) {
        ServedRoutes.requireMapped(routes, patterns);
    }

    /**
     * Stops the start of an application whose router, where two routes match one path, takes it to another than this
     * table does: the more literal one.
     *
     * @param router the path, as registered, of the handler that it takes a method and a path to, or null
     * @throws IllegalStateException if it does; the message lists every such pair
     */
    public void requireSameChoices(BiFunction<HttpMethod, String, @Nullable String> router) {
        ServedRoutes.requireSameChoices(this, router);
    }

    /**
     * The declared routes that nothing serves: what is left of a handler that went away, or a slip of the pen.
     *
     * @param served as for {@link #requireDeclared}
     * @param patterns as for {@link #requireMapped}
     */
    public List<Route> unserved(Collection<String> served, Collection<String> patterns) {
        return ServedRoutes.unserved(routes, served, patterns);
    }

    @Override
    public String toString() {
        return "RouteTable" + routes;
    }

    private static @Nullable HttpMethod known(String method) {
        return switch (method) {
            case "GET" -> HttpMethod.GET;
            case "HEAD" -> HttpMethod.HEAD;
            case "POST" -> HttpMethod.POST;
            case "PUT" -> HttpMethod.PUT;
            case "PATCH" -> HttpMethod.PATCH;
            case "DELETE" -> HttpMethod.DELETE;
            case "OPTIONS" -> HttpMethod.OPTIONS;
            default -> null;
        };
    }
}
