// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.route.RouteMatch.Found;
import dev.mobilebackend.core.route.RouteMatch.OtherMethods;
import dev.mobilebackend.core.route.RouteMatch.Unknown;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every endpoint of an application. A path that is not declared does not exist, and neither does another spelling of
 * one that is: empty and dot segments, encoded slashes and matrix parameters match nothing, so no handler is reached
 * under another route's rule. Immutable.
 */
public final class RouteTable {

    private static final RouteMatch UNKNOWN = new Unknown();

    private final Node root = new Node();
    private final List<Route> routes;

    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        this.routes.forEach(this::add);
    }

    /** The declared routes, in order of declaration. */
    public List<Route> routes() {
        return routes;
    }

    /** What is declared for a method and a raw path; HEAD falls back on GET. */
    public RouteMatch match(String method, String path) {
        if (!path.startsWith("/")) {
            return UNKNOWN;
        }
        String[] segments = path.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            Optional<String> decoded = decode(segments[i], path.length() == 1);
            if (decoded.isEmpty()) {
                return UNKNOWN;
            }
            segments[i] = decoded.get();
        }
        Node node = root.find(segments, 0);
        if (node == null) {
            return UNKNOWN;
        }
        Route route = node.routeFor(method);
        if (route == null) {
            return new OtherMethods(node.allowed());
        }
        return new Found(route, values(route.template(), segments));
    }

    private void add(Route route) {
        String[] segments = route.template().substring(1).split("/", -1);
        Node node = root;
        for (String segment : segments) {
            node = isVariable(segment) ? node.variable() : node.literal(segment);
        }
        Route before = node.routes.putIfAbsent(route.method(), route);
        if (before != null) {
            throw new IllegalArgumentException(route + " is declared twice"
                    + (before.template().equals(route.template()) ? "" : ", also as " + before) + ": keep one");
        }
    }

    static boolean isVariable(String segment) {
        return segment.startsWith("{") && segment.endsWith("}");
    }

    private static String[] values(String template, String[] segments) {
        var values = new ArrayList<String>();
        String[] names = template.substring(1).split("/", -1);
        for (int i = 0; i < names.length; i++) {
            if (isVariable(names[i])) {
                values.add(segments[i]);
            }
        }
        return values.toArray(String[]::new);
    }

    /** A segment with its percent-encoding undone (RFC 3986 section 2.1), or nothing where it is not a plain name. */
    private static Optional<String> decode(String segment, boolean rootPath) {
        if (segment.isEmpty()) {
            return rootPath ? Optional.of(segment) : Optional.empty();
        }
        if (segment.indexOf(';') >= 0 || segment.indexOf('\\') >= 0) {
            return Optional.empty();
        }
        String decoded = segment;
        if (segment.indexOf('%') >= 0) {
            byte[] bytes = percentDecoded(segment);
            if (bytes == null) {
                return Optional.empty();
            }
            try {
                decoded = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException notUtf8) {
                return Optional.empty();
            }
            if (decoded.chars().anyMatch(c -> c == '/' || c == '\\' || c < ' ' || c == 0x7f)) {
                return Optional.empty();
            }
        }
        return decoded.equals(".") || decoded.equals("..") ? Optional.empty() : Optional.of(decoded);
    }

    private static byte @Nullable [] percentDecoded(String segment) {
        var out = new ByteArrayOutputStream(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c != '%') {
                out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            int high = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 1), 16) : -1;
            int low = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                return null;
            }
            out.write(high << 4 | low);
            i += 2;
        }
        return out.toByteArray();
    }

    /** The routes below one path prefix; a literal segment goes before a variable one. */
    private static final class Node {

        private final Map<String, Node> literals = new HashMap<>();
        private final Map<HttpMethod, Route> routes = new EnumMap<>(HttpMethod.class);
        private @Nullable Node variable;

        Node literal(String segment) {
            return literals.computeIfAbsent(segment, absent -> new Node());
        }

        Node variable() {
            if (variable == null) {
                variable = new Node();
            }
            return variable;
        }

        @Nullable
        Node find(String[] segments, int depth) {
            if (depth == segments.length) {
                return routes.isEmpty() ? null : this;
            }
            Node literal = literals.get(segments[depth]);
            Node found = literal == null ? null : literal.find(segments, depth + 1);
            if (found == null && variable != null) {
                found = variable.find(segments, depth + 1);
            }
            return found;
        }

        @Nullable
        Route routeFor(String method) {
            for (Map.Entry<HttpMethod, Route> entry : routes.entrySet()) {
                if (entry.getKey().name().equals(method)) {
                    return entry.getValue();
                }
            }
            return method.equals("HEAD") ? routes.get(HttpMethod.GET) : null;
        }

        Set<HttpMethod> allowed() {
            var allowed = EnumSet.copyOf(routes.keySet());
            if (allowed.contains(HttpMethod.GET)) {
                allowed.add(HttpMethod.HEAD);
            }
            return allowed;
        }
    }
}
