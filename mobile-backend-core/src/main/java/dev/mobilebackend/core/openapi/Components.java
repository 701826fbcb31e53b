// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.openapi;

import dev.mobilebackend.core.problem.ProblemWriter;
import dev.mobilebackend.core.route.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What operations share (OpenAPI 3.1 section 4.8.7). */
final class Components {

    static final String PROBLEM = "Problem";
    static final String TOO_MANY_REQUESTS = "TooManyRequests";
    static final String IDEMPOTENCY_KEY = "IdempotencyKey";
    static final String BEARER = "bearer";

    private static final String LIMIT = "RateLimit";
    private static final String LIMIT_POLICY = "RateLimit-Policy";
    private static final String RETRY_AFTER = "Retry-After";

    private Components() {}

    /** The definitions of records, and of all that the routes refer to. */
    static Map<String, Object> of(Map<String, Object> definitions, List<Route> routes) {
        boolean limited = routes.stream().anyMatch(Operations::isLimited);
        if (definitions.containsKey(PROBLEM)) {
            throw new IllegalArgumentException(
                    "a record is called Problem, as the one shape of errors is: give it another name");
        }
        var schemas = new TreeMap<>(definitions);
        schemas.put(PROBLEM, problem());
        var components = new LinkedHashMap<String, Object>();
        components.put("schemas", schemas);
        components.put("responses", responses(limited));
        if (routes.stream().anyMatch(Operations::isIdempotent)) {
            components.put("parameters", ordered(IDEMPOTENCY_KEY, idempotencyKey()));
        }
        if (limited) {
            components.put(
                    "headers",
                    ordered(
                            LIMIT, field("What is left of each limit, and when there is more."),
                            LIMIT_POLICY, field("The limits of this route and their windows."),
                            RETRY_AFTER, field("Seconds to wait before the next try.")));
        }
        if (routes.stream().anyMatch(Route::mentionsCaller)) {
            components.put("securitySchemes", ordered(BEARER, ordered("type", "http", "scheme", "bearer")));
        }
        return components;
    }

    static Map<String, Object> reference(String kind, String name) {
        return Map.of("$ref", "#/components/" + kind + "/" + name);
    }

    static Map<String, Object> limitFields() {
        return ordered(LIMIT, reference("headers", LIMIT), LIMIT_POLICY, reference("headers", LIMIT_POLICY));
    }

    private static Map<String, Object> responses(boolean limited) {
        Object content = Map.of(ProblemWriter.MEDIA_TYPE, Map.of("schema", reference("schemas", PROBLEM)));
        Map<String, Object> responses =
                ordered(PROBLEM, ordered("description", "What was wrong, and the way out", "content", content));
        if (limited) {
            Map<String, Object> headers = ordered(RETRY_AFTER, reference("headers", RETRY_AFTER));
            headers.putAll(limitFields());
            responses.put(
                    TOO_MANY_REQUESTS,
                    ordered("description", "A limit is used up", "headers", headers, "content", content));
        }
        return responses;
    }

    private static Map<String, Object> requires(String member) {
        return ordered("required", List.of(member));
    }

    /** As {@link ProblemWriter} writes it. */
    private static Map<String, Object> problem() {
        Map<String, Object> text = ordered("type", "string");
        Map<String, Object> error = ordered(
                "type",
                "object",
                "properties",
                ordered("pointer", text, "header", text, "parameter", text, "detail", text),
                "required",
                List.of("detail"),
                "oneOf",
                List.of(requires("pointer"), requires("header"), requires("parameter")));
        Map<String, Object> properties = ordered(
                "type",
                ordered("type", "string", "format", "uri"),
                "title",
                text,
                "status",
                ordered("type", "integer"),
                "detail",
                text,
                "code",
                text,
                "requestId",
                text,
                "errors",
                ordered("type", "array", "items", error));
        return ordered(
                "type",
                "object",
                "description",
                "Problem details (RFC 9457)",
                "properties",
                properties,
                "required",
                List.of("type", "title", "status", "code", "requestId"));
    }

    private static Map<String, Object> idempotencyKey() {
        return ordered(
                "name",
                "Idempotency-Key",
                "in",
                "header",
                "required",
                true,
                "description",
                "A new key for each new request; a retry of one sends the same key and gets the same answer.",
                "schema",
                ordered("type", "string", "minLength", 1, "maxLength", 255));
    }

    private static Map<String, Object> field(String description) {
        return ordered("description", description, "schema", ordered("type", "string"));
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
