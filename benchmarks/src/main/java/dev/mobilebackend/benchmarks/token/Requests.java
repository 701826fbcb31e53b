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
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests that have come as far as the authentication step, without a server around them. */
final class Requests {

    private static final HttpServletRequest NOTHING = stub(HttpServletRequest.class);
    private static final HttpServletResponse NOWHERE = stub(HttpServletResponse.class);
    private static final Endpoint ORDERS = new Endpoint(HttpMethod.GET, "/v1/orders", List.of(), List.of());

    private final RequestFacts facts;

    /** All of which came in at that time. */
    Requests(Instant now) {
        facts = new RequestFacts(
                "request-1", now, "GET", "/v1/orders", ClientAddress.parse("192.0.2.1"), true, null, null, null);
    }

    Exchange with(String authorization) {
        var exchange = new Exchange(new Bearing(authorization), NOWHERE, facts, null, Ambient.ticks());
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

        @Override
        public Enumeration<String> getHeaders(String name) {
            return Collections.enumeration(name.equalsIgnoreCase("Authorization") ? List.of(authorization) : List.of());
        }
    }

    /** Has no field and nothing else. */
    private static <T> T stub(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null));
    }
}
