// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The declared endpoint that a request is for: one object a route, shared by all its requests. Thread safe. */
public final class Endpoint {

    private final HttpMethod method;
    private final String template;
    private final List<String> variables;
    private final List<?> rules;
    private final Map<Class<?>, List<?>> byKind = new ConcurrentHashMap<>();

    /**
     * An endpoint as it is declared.
     *
     * @param template its path, such as {@code /v1/orders/{id}}: what to count and log by, never the raw path
     * @param variables the names of the template's variables, in order
     * @param rules what was declared for it, such as rate limits
     */
    public Endpoint(HttpMethod method, String template, List<String> variables, List<?> rules) {
        this.method = method;
        this.template = template;
        this.variables = List.copyOf(variables);
        this.rules = List.copyOf(rules);
    }

    public HttpMethod method() {
        return method;
    }

    public String template() {
        return template;
    }

    public List<String> variables() {
        return variables;
    }

    /**
     * What a path of this endpoint has where its template has a variable.
     *
     * @param path without its encoding
     * @throws IllegalArgumentException if there is no such variable
     */
    String value(String variable, String path) {
        int from = 1;
        for (int at = 1; at < template.length(); ) {
            int end = end(template, at);
            boolean named = end - at == variable.length() + 2 && template.startsWith(variable, at + 1);
            if (named && template.charAt(at) == '{' && template.charAt(end - 1) == '}') {
                return path.substring(from, end(path, from));
            }
            at = end + 1;
            from = end(path, from) + 1;
        }
        throw new IllegalArgumentException("the route " + template + " has no variable '" + variable + "'");
    }

    private static int end(String path, int from) {
        int slash = path.indexOf('/', from);
        return slash < 0 ? path.length() : slash;
    }

    public List<?> rules() {
        return rules;
    }

    /** The rules of one kind, in order of declaration. Looked for once a kind. */
    @SuppressWarnings("unchecked") // select puts nothing else under a kind
    public <R> List<R> declared(Class<R> kind) {
        List<?> found = byKind.get(kind);
        return (List<R>) (found != null ? found : byKind.computeIfAbsent(kind, this::select));
    }

    private List<?> select(Class<?> kind) {
        var found = new ArrayList<Object>();
        for (Object rule : rules) {
            if (kind.isInstance(rule)) {
                found.add(rule);
            }
        }
        return List.copyOf(found);
    }

    @Override
    public String toString() {
        return method + " " + template;
    }
}
