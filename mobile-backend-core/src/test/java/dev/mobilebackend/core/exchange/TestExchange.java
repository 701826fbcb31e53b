// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Exchanges without a container, for tests of what reads a request's fields and nothing more. */
public final class TestExchange {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private TestExchange() {}

    /** A GET of {@code /list} with the given header fields; a value of several lines comes as so many fields. */
    public static Exchange get(String... headers) {
        return exchange(pairs(headers), Map.of());
    }

    /** A GET of {@code /list} with the given query parameters. */
    public static Exchange query(String... parameters) {
        return exchange(Map.of(), pairs(parameters));
    }

    /** A signed-in POST to {@code /orders} with a key, or none, and a body, at a time. */
    public static Exchange order(String account, @Nullable String key, String body, Instant now, Object... rules) {
        return order(account, key, body, facts("POST", "/orders", now), rules);
    }

    /** The same of which this is known. */
    public static Exchange order(
            String account, @Nullable String key, String body, RequestFacts facts, Object... rules) {
        var payload = new PayloadDigest();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        payload.update(bytes, 0, bytes.length);
        var exchange = new Exchange(
                request(key == null ? Map.of() : Map.of("Idempotency-Key", key), Map.of()),
                response(),
                facts,
                payload,
                () -> 0);
        exchange.matched(new Endpoint(HttpMethod.POST, "/orders", List.of(), List.of(rules)));
        exchange.authenticated(new Caller(account, "session", Set.of()));
        return exchange;
    }

    /** A request of which this is known, with the given header fields and no route yet. */
    public static Exchange of(RequestFacts facts, String... headers) {
        return of(facts, new HashMap<>(), headers);
    }

    /** The same; the fields of its answer are put into a map. */
    public static Exchange of(RequestFacts facts, Map<String, String> answered, String... headers) {
        return new Exchange(request(pairs(headers), Map.of()), keeping(answered), facts, null, () -> 0);
    }

    /** A request for an endpoint, from a client that waits so long, by the given ticks. */
    public static Exchange to(Endpoint endpoint, @Nullable Duration timeout, LongSupplier ticks, String... headers) {
        Instant deadline = timeout == null ? null : NOW.plus(timeout);
        var facts = new RequestFacts(
                "request-1", NOW, "GET", "/list", ClientAddress.parse("192.0.2.1"), true, null, null, deadline);
        var exchange = new Exchange(request(pairs(headers), Map.of()), response(), facts, null, ticks);
        exchange.matched(endpoint);
        return exchange;
    }

    private static Exchange exchange(Map<String, String> headers, Map<String, String> parameters) {
        var exchange =
                new Exchange(request(headers, parameters), response(), facts("GET", "/list", NOW), null, () -> 0);
        exchange.matched(new Endpoint(HttpMethod.GET, "/list", List.of(), List.of()));
        return exchange;
    }

    /** A request from an address, for which no route is known yet. */
    public static Exchange from(String address, String method, String path) {
        var facts =
                new RequestFacts("request-1", NOW, method, path, ClientAddress.parse(address), true, null, null, null);
        return new Exchange(request(Map.of(), Map.of()), response(), facts, null, () -> 0);
    }

    private static RequestFacts facts(String method, String path, Instant now) {
        return new RequestFacts(
                "request-1", now, method, path, ClientAddress.parse("192.0.2.1"), true, null, null, null);
    }

    private static HttpServletRequest request(Map<String, String> headers, Map<String, String> parameters) {
        String query = parameters.entrySet().stream()
                .map(parameter ->
                        parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        InvocationHandler answers = (proxy, method, arguments) -> switch (method.getName()) {
            case "getHeader" ->
                headers.containsKey((String) arguments[0])
                        ? headers.get((String) arguments[0]).split("\n", -1)[0]
                        : null;
            case "getHeaders" ->
                Collections.enumeration(
                        headers.containsKey((String) arguments[0])
                                ? List.of(headers.get((String) arguments[0]).split("\n", -1))
                                : List.of());
            case "getInputStream" -> new EmptyBody();
            case "getQueryString" -> query;
            case "getContentType" -> null;
            case "getProtocol" -> headers.getOrDefault("Test-Protocol", "HTTP/1.1");
            default -> throw new UnsupportedOperationException(method.getName());
        };
        return (HttpServletRequest) Proxy.newProxyInstance(
                TestExchange.class.getClassLoader(), new Class<?>[] {HttpServletRequest.class}, answers);
    }

    private static HttpServletResponse response() {
        InvocationHandler answers = (proxy, method, arguments) -> {
            throw new UnsupportedOperationException(method.getName());
        };
        return (HttpServletResponse) Proxy.newProxyInstance(
                TestExchange.class.getClassLoader(), new Class<?>[] {HttpServletResponse.class}, answers);
    }

    private static HttpServletResponse keeping(Map<String, String> fields) {
        InvocationHandler answers = (proxy, method, arguments) -> switch (method.getName()) {
            case "setHeader" -> {
                fields.put((String) arguments[0], (String) arguments[1]);
                yield null;
            }
            case "getHeader" -> fields.get((String) arguments[0]);
            case "setStatus" -> null;
            default -> throw new UnsupportedOperationException(method.getName());
        };
        return (HttpServletResponse) Proxy.newProxyInstance(
                TestExchange.class.getClassLoader(), new Class<?>[] {HttpServletResponse.class}, answers);
    }

    private static Map<String, String> pairs(String... namesAndValues) {
        var pairs = new HashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            pairs.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return pairs;
    }

    private static final class EmptyBody extends ServletInputStream {

        @Override
        public int read() {
            return -1;
        }

        @Override
        public boolean isFinished() {
            return true;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException("setReadListener");
        }
    }
}
