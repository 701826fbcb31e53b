// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.openapi;

import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.ratelimit.RateLimit;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.Access.AllOf;
import dev.mobilebackend.core.route.Access.Open;
import dev.mobilebackend.core.route.Access.Owner;
import dev.mobilebackend.core.route.Access.PrivateNetwork;
import dev.mobilebackend.core.route.Access.Role;
import dev.mobilebackend.core.route.Access.Scope;
import dev.mobilebackend.core.route.Access.SignedIn;
import dev.mobilebackend.core.route.Contract.Accepts;
import dev.mobilebackend.core.route.Contract.Answers;
import dev.mobilebackend.core.route.Contract.Query;
import dev.mobilebackend.core.route.Contract.Summary;
import dev.mobilebackend.core.route.Contract.Tag;
import dev.mobilebackend.core.route.Route;
import dev.mobilebackend.core.validate.JsonSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Routes as operations (OpenAPI 3.1 section 4.8.10). */
final class Operations {

    private static final Map<String, Object> A_STRING = Map.of("type", "string");

    private final JsonSchema schemas;
    private final Set<String> ids = new HashSet<>();

    Operations(JsonSchema schemas) {
        this.schemas = schemas;
    }

    static String name(HttpMethod method) {
        return method.name().toLowerCase(Locale.ROOT);
    }

    /** A route, whose variables have the given names in this document. */
    Map<String, Object> describe(Route route, List<String> variables) {
        var operation = new LinkedHashMap<String, Object>();
        List<String> tags = declared(route, Tag.class).stream().map(Tag::name).toList();
        if (!tags.isEmpty()) {
            operation.put("tags", tags);
        }
        List<Summary> summaries = declared(route, Summary.class);
        if (!summaries.isEmpty()) {
            operation.put("summary", summaries.get(0).text());
        }
        operation.put("operationId", id(route));
        List<Object> parameters = parameters(route, variables);
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        List<Accepts> bodies = declared(route, Accepts.class);
        if (!bodies.isEmpty()) {
            var body = new LinkedHashMap<String, Object>();
            body.put("required", true);
            body.put("content", json(schemas.read(bodies.get(0).type())));
            operation.put("requestBody", body);
        }
        operation.put("responses", responses(route));
        operation.put("security", security(route));
        return operation;
    }

    /** {@code getV1OrdersById}: the same from build to build, since clients are generated with it. */
    private String id(Route route) {
        var id = new StringBuilder(name(route.method()));
        for (String segment : route.template().split("/", -1)) {
            boolean variable = segment.startsWith("{");
            id.append(variable ? "By" : "");
            for (String word : segment.split("[^A-Za-z0-9]+", -1)) {
                if (!word.isEmpty()) {
                    id.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
                }
            }
        }
        String chosen = id.toString();
        for (int more = 2; !ids.add(chosen); more++) {
            chosen = id.toString() + more;
        }
        return chosen;
    }

    private static List<Object> parameters(Route route, List<String> variables) {
        var parameters = new ArrayList<>();
        for (String variable : variables) {
            Map<String, Object> parameter = parameter(variable, "path", A_STRING);
            parameter.put("required", true);
            parameters.add(parameter);
        }
        for (Query query : declared(route, Query.class)) {
            parameters.add(parameter(query.name(), "query", JsonSchema.scalar(query.type())));
        }
        if (isIdempotent(route)) {
            parameters.add(Components.reference("parameters", Components.IDEMPOTENCY_KEY));
        }
        return parameters;
    }

    private static Map<String, Object> parameter(String name, String in, Map<String, Object> schema) {
        var parameter = new LinkedHashMap<String, Object>();
        parameter.put("name", name);
        parameter.put("in", in);
        parameter.put("schema", schema);
        return parameter;
    }

    private Map<String, Object> responses(Route route) {
        var responses = new TreeMap<String, Object>();
        List<Answers> answers = declared(route, Answers.class);
        for (Answers answer : answers) {
            responses.put(Integer.toString(answer.status()), response(route, answer));
        }
        if (answers.isEmpty()) {
            responses.put("2XX", Map.of("description", "Success"));
        }
        Map<String, Object> problem = Components.reference("responses", Components.PROBLEM);
        for (String status : refusals(route)) {
            responses.put(status, problem);
        }
        if (isLimited(route)) {
            responses.put("429", Components.reference("responses", Components.TOO_MANY_REQUESTS));
        }
        responses.put("default", problem);
        return responses;
    }

    /** What this route's own rules refuse with; anything can be refused with more, which the default stands for. */
    private static Set<String> refusals(Route route) {
        var statuses = new TreeSet<String>();
        if (route.mentionsCaller()) {
            statuses.add("401");
        }
        if (route.mentions(Operations::forbids)) {
            statuses.add("403");
        }
        if (!route.endpoint().variables().isEmpty()) {
            statuses.add("404");
        }
        if (isIdempotent(route)) {
            statuses.addAll(List.of("400", "409", "422"));
        }
        if (!declared(route, Accepts.class).isEmpty()) {
            statuses.addAll(List.of("400", "413", "415", "422"));
        }
        return statuses;
    }

    /** Whether it tells a caller who does not meet it so; others go unnoticed, or are asked who they are. */
    private static boolean forbids(Access condition) {
        return !(condition instanceof Open
                || condition instanceof SignedIn
                || condition instanceof Owner
                || condition instanceof PrivateNetwork);
    }

    private Map<String, Object> response(Route route, Answers answer) {
        var response = new LinkedHashMap<String, Object>();
        response.put("description", description(answer.status()));
        if (isLimited(route)) {
            response.put("headers", Components.limitFields());
        }
        if (!answer.types().isEmpty()) {
            List<Class<?>> types = answer.types();
            response.put("content", json(schemas.written(types.get(0), types.subList(1, types.size()))));
        }
        return response;
    }

    private static String description(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 202 -> "Accepted";
            case 204 -> "No content";
            case 304 -> "Not modified";
            default -> "Status " + status;
        };
    }

    /** Nothing for an open route; a token that is only one way in stands beside nothing. */
    private static List<Object> security(Route route) {
        if (!route.mentionsCaller()) {
            return List.of();
        }
        var demanded = new TreeSet<String>();
        route.access().forEach(condition -> demands(condition, demanded));
        Map<String, Object> token = Map.of(Components.BEARER, List.copyOf(demanded));
        return route.needsCaller() ? List.of(token) : List.of(token, Map.of());
    }

    private static void demands(Access condition, Set<String> into) {
        if (condition instanceof Role role) {
            into.add(role.name());
        } else if (condition instanceof Scope scope) {
            into.add(scope.name());
        } else if (condition instanceof AllOf all) {
            all.conditions().forEach(part -> demands(part, into));
        }
    }

    static boolean isIdempotent(Route route) {
        return !declared(route, IdempotencyPolicy.class).isEmpty();
    }

    static boolean isLimited(Route route) {
        return !declared(route, RateLimit.class).isEmpty();
    }

    private static Map<String, Object> json(Map<String, Object> schema) {
        return Map.of("application/json", Map.of("schema", schema));
    }

    private static <R> List<R> declared(Route route, Class<R> kind) {
        return route.endpoint().declared(kind);
    }
}
