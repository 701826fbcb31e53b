// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.token;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.RequestFacts;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests that have come as far as the authentication step, without a server around them. */
final class Requests {

    private static final HttpServletRequest NOTHING = stub(HttpServletRequest.class);
    private static final HttpServletResponse NOWHERE = stub(HttpServletResponse.class);
    private static final Instant NOW = Ambient.clock().instant();
    private static final RequestFacts FACTS = new RequestFacts(
            "request-1", NOW, "GET", "/v1/orders", ClientAddress.parse("192.0.2.1"), true, null, null, null);
    private static final Endpoint ORDERS = new Endpoint(HttpMethod.GET, "/v1/orders", List.of(), List.of());

    private Requests() {}

    static Exchange with(String authorization) {
        var exchange = new Exchange(new Bearing(authorization), NOWHERE, FACTS, null, Ambient.ticks());
        exchange.matched(ORDERS);
        return exchange;
    }

    private static final class Bearing extends HttpServletRequestWrapper {

        private final String authorization;

        Bearing(String authorization) {
            super(NOTHING);
            this.authorization = authorization;
        }

        @Override
        public @Nullable String getHeader(String name) {
            return name.equalsIgnoreCase("Authorization") ? authorization : null;
        }
    }

    /** Has no field and nothing else. */
    private static <T> T stub(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null));
    }
}
