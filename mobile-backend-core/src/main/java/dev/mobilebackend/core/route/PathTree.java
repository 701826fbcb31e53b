// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.route.RouteMatch.Found;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The routes below one path prefix, walked by position in the path, so that finding one makes nothing. A plain name
 * goes before a variable. Filled while the table is built, read only after that.
 */
final class PathTree {

    private final String name;
    private PathTree[] literals = {};
    private @Nullable PathTree variable;
    private final Map<HttpMethod, Found> found = new EnumMap<>(HttpMethod.class);

    private PathTree(String name) {
        this.name = name;
    }

    static PathTree empty() {
        return new PathTree("");
    }

    void add(Template template, Route route) {
        PathTree node = this;
        for (int i = 0; i < template.segments().size(); i++) {
            node = template.isVariable(i)
                    ? node.variable()
                    : node.literal(template.segments().get(i));
        }
        node.found.put(route.method(), new Found(route, null));
    }

    /** The most literal node that answers a method at a path of plain characters. */
    @Nullable
    PathTree find(HttpMethod method, String path) {
        return find(method, path, 1);
    }

    private @Nullable PathTree find(HttpMethod method, String path, int from) {
        if (from > path.length()) {
            return answer(method) == null ? null : this;
        }
        int end = from;
        int hash = 0;
        while (end < path.length() && path.charAt(end) != '/') {
            hash = 31 * hash + path.charAt(end++);
        }
        PathTree literal = literal(hash, path, from, end);
        PathTree below = literal == null ? null : literal.find(method, path, end + 1);
        return below == null && variable != null && end > from ? variable.find(method, path, end + 1) : below;
    }

    /** The methods of all routes at a path that satisfy a condition, with HEAD where there is GET. */
    Set<HttpMethod> methods(String path, Predicate<Route> condition) {
        var methods = EnumSet.noneOf(HttpMethod.class);
        collect(path, 1, condition, methods);
        if (methods.contains(HttpMethod.GET)) {
            methods.add(HttpMethod.HEAD);
        }
        return methods;
    }

    private void collect(String path, int from, Predicate<Route> condition, Set<HttpMethod> into) {
        if (from > path.length()) {
            for (Found answer : found.values()) {
                if (condition.test(answer.route())) {
                    into.add(answer.route().method());
                }
            }
            return;
        }
        int slash = path.indexOf('/', from);
        int end = slash < 0 ? path.length() : slash;
        PathTree literal = literal(path.substring(from, end).hashCode(), path, from, end);
        if (literal != null) {
            literal.collect(path, end + 1, condition, into);
        }
        if (variable != null && end > from) {
            variable.collect(path, end + 1, condition, into);
        }
    }

    /** What this node answers to a method that it was found for. */
    Found found(HttpMethod method) {
        Found answer = answer(method);
        if (answer == null) {
            throw new IllegalStateException("this node was not found for " + method);
        }
        return answer;
    }

    private @Nullable Found answer(HttpMethod method) {
        Found answer = found.get(method);
        return answer == null && method == HttpMethod.HEAD ? found.get(HttpMethod.GET) : answer;
    }

    private PathTree variable() {
        if (variable == null) {
            variable = new PathTree("");
        }
        return variable;
    }

    private PathTree literal(String segment) {
        PathTree known = literal(segment.hashCode(), segment, 0, segment.length());
        if (known != null) {
            return known;
        }
        var made = new PathTree(segment);
        var all = new PathTree[literals.length + 1];
        System.arraycopy(literals, 0, all, 0, literals.length);
        all[literals.length] = made;
        literals = all;
        return made;
    }

    /** Names are few at one place, and their hashes differ: comparing those is as quick as any table. */
    private @Nullable PathTree literal(int hash, String path, int from, int end) {
        for (PathTree child : literals) {
            if (child.name.hashCode() == hash
                    && child.name.length() == end - from
                    && path.startsWith(child.name, from)) {
                return child;
            }
        }
        return null;
    }
}
