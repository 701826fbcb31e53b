// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A route behind both steps of limits, without a container, at a time that the test moves. */
final class LimitedRoute {

    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    private final RateLimitStep clients;
    private final RateLimitStep callers;
    private final Endpoint endpoint;
    private Duration time = Duration.ZERO;

    private LimitedRoute(RateLimitStep clients, RateLimitStep callers, Endpoint endpoint) {
        this.clients = clients;
        this.callers = callers;
        this.endpoint = endpoint;
    }

    static LimitedRoute with(Object... rules) {
        return everywhere(List.of(), rules);
    }

    static LimitedRoute everywhere(List<RateLimit> everywhere, Object... rules) {
        var limiter = new RateLimiter(new InMemoryRateLimitStore());
        var endpoint = new Endpoint(HttpMethod.POST, "/sign-in", List.of(), List.of(rules));
        RateLimit.checkTogether(everywhere, List.of(endpoint));
        return new LimitedRoute(
                RateLimitStep.ofClients(limiter, everywhere, List.of(endpoint)),
                RateLimitStep.ofCallers(limiter, everywhere, List.of(endpoint)),
                endpoint);
    }

    /** The same limits for all routes, and another route. */
    LimitedRoute beside(Object... rules) {
        return new LimitedRoute(clients, callers, new Endpoint(HttpMethod.GET, "/other", List.of(), List.of(rules)));
    }

    LimitedRoute pass(Duration span) {
        time = time.plus(span);
        return this;
    }

    Reply ask(String address) {
        return ask(address, null, null);
    }

    Reply askAs(String account, String... roles) {
        return ask("192.0.2.1", null, new Caller(account, "session", Set.of(roles)));
    }

    Reply askFrom(String address, String deviceId) {
        return ask(address, deviceId, null);
    }

    Reply ask(String address, @Nullable String deviceId, @Nullable Caller caller) {
        Map<String, List<String>> fields = new TreeMap<>();
        var facts = new RequestFacts(
                "request-1",
                START.plus(time),
                "POST",
                "/sign-in",
                ClientAddress.parse(address),
                true,
                deviceId,
                null,
                null);
        var exchange = new Exchange(nothing(), collecting(fields), facts, null, () -> 0);
        exchange.matched(endpoint);
        try {
            clients.apply(exchange);
            if (caller != null) {
                exchange.authenticated(caller);
            }
            callers.apply(exchange);
            return new Reply(fields, null, exchange);
        } catch (ProblemException refused) {
            return new Reply(fields, refused.problem(), exchange);
        }
    }

    List<RateLimitCount> counts() {
        return clients.counts();
    }

    /** What came of one request. */
    final class Reply {

        private final Map<String, List<String>> fields;
        private final @Nullable Problem problem;
        private final Exchange exchange;

        private Reply(Map<String, List<String>> fields, @Nullable Problem problem, Exchange exchange) {
            this.fields = fields;
            this.problem = problem;
            this.exchange = exchange;
        }

        boolean passed() {
            return problem == null;
        }

        Problem problem() {
            if (problem == null) {
                throw new AssertionError("the request was not refused");
            }
            return problem;
        }

        long retryAfter() {
            return Long.parseLong(problem().headers().get("Retry-After"));
        }

        List<String> lines(String field) {
            return fields.getOrDefault(field, List.of());
        }

        List<StructuredList.Item> items(String field) {
            return StructuredList.parse(lines(field));
        }

        /** The answer ends, and both steps hear of it. */
        Reply end(int status, long bytes) {
            var outcome = new Outcome(status, bytes, Outcome.Ending.ANSWERED, problem);
            callers.after(exchange, outcome);
            clients.after(exchange, outcome);
            return this;
        }
    }

    private static HttpServletRequest nothing() {
        return proxy(HttpServletRequest.class, (proxy, method, arguments) -> {
            throw new UnsupportedOperationException(method.getName());
        });
    }

    private static HttpServletResponse collecting(Map<String, List<String>> fields) {
        return proxy(HttpServletResponse.class, (proxy, method, arguments) -> {
            String name = (String) arguments[0];
            switch (method.getName()) {
                case "setHeader" -> fields.put(name, new ArrayList<>(List.of((String) arguments[1])));
                case "addHeader" ->
                    fields.computeIfAbsent(name, absent -> new ArrayList<>()).add((String) arguments[1]);
                default -> throw new UnsupportedOperationException(method.getName());
            }
            return null;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(LimitedRoute.class.getClassLoader(), new Class<?>[] {type}, answers));
    }
}
