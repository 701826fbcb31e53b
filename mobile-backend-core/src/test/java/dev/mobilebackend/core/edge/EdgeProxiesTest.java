// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.assertProblem;
import static dev.mobilebackend.core.edge.EdgeServer.header;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.transport.CorsPolicy;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import dev.mobilebackend.core.transport.TrustedProxies.Field;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The test's own machine is the proxy: whatever it says of a client is believed. */
class EdgeProxiesTest {

    private static EdgeServer server;

    @BeforeAll
    static void start() {
        server = EdgeServer.start(
                Edge.builder()
                        .transport(TransportPolicy.strict()
                                .plainHttp(PlainHttp.PRIVATE_NETWORK)
                                .cors(CorsPolicy.allow("https://app.example.com"))
                                .trustedProxies(Field.X_FORWARDED, "127.0.0.0/8", "::1"))
                        .routes(routes -> routes.open(GET, "/seen")
                                .open(GET, "/fields")
                                .open(GET, "/inside")
                                .privateNetwork()),
                config -> {},
                config -> config.routes
                        .get("/inside", context -> context.result("inside"))
                        .get("/fields", EdgeProxiesTest::echoFields)
                        .get("/seen", context -> {
                            Exchange exchange = Exchange.of(context.req());
                            context.result(exchange.facts().client() + " "
                                    + exchange.facts().secure() + " "
                                    + context.req().getRemoteAddr() + " "
                                    + context.req().getRequestURL() + " "
                                    + context.req().getServerPort() + " "
                                    + context.req().getHeader("X-Forwarded-For"));
                        }));
    }

    private static void pretendHttps(JavalinConfig config) {
        Filter filter = (request, response, chain) -> chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request) {
                    @Override
                    public boolean isSecure() {
                        return true;
                    }
                },
                response);
        config.jetty.modifyServletContextHandler(
                handler -> handler.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST)));
    }

    private static void echoFields(Context context) {
        var seen = new TreeSet<String>(String.CASE_INSENSITIVE_ORDER);
        for (String field : List.of("X-Forwarded-Prefix", "CF-Connecting-IP", "X-Real-IP", "Via")) {
            if (context.req().getHeader(field) != null
                    || context.req().getHeaders(field).hasMoreElements()
                    || Collections.list(context.req().getHeaderNames()).stream().anyMatch(field::equalsIgnoreCase)) {
                seen.add(field);
            }
        }
        context.result(seen.toString());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theApplicationSeesTheRequestThatTheProxyGot() throws Exception {
        HttpResponse<String> answer = server.get(
                "/seen",
                "X-Forwarded-For",
                "10.1.1.1, 203.0.113.9",
                "X-Forwarded-Proto",
                "https",
                "X-Forwarded-Host",
                "api.example.com");

        assertEquals("203.0.113.9 true 203.0.113.9 https://api.example.com/seen 443 null", answer.body());
        assertEquals("max-age=63072000; includeSubDomains", header(answer, "Strict-Transport-Security"));
    }

    @Test
    void theApplicationSeesNoForwardingFieldWhoeverSentIt() throws Exception {
        String[] fields = {
            "x-forwarded-prefix", "/a", "CF-Connecting-IP", "10.1.1.1", "X-Real-IP", "10.1.1.1", "Via", "1.1 proxy"
        };
        var forwarded = new ArrayList<>(List.of("X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https"));
        forwarded.addAll(List.of(fields));

        try (EdgeServer trustsNobody = EdgeServer.start(
                EdgeProxiesTest::pretendHttps,
                routes -> routes.open(GET, "/fields"),
                config -> config.routes.get("/fields", EdgeProxiesTest::echoFields))) {
            assertEquals("[Via]", trustsNobody.get("/fields", fields).body());
        }

        assertEquals(
                "[Via]", server.get("/fields", forwarded.toArray(String[]::new)).body());
    }

    @Test
    void aTrustedProxyThatNamesItselfInViaIsStillTrusted() throws Exception {
        HttpResponse<String> answer =
                server.get("/inside", "X-Forwarded-For", "10.1.1.1", "X-Forwarded-Proto", "https", "Via", "1.1 proxy");

        assertEquals("inside", answer.body());
    }

    @Test
    void plainHttpThroughTheProxyIsRefused() throws Exception {
        assertProblem(
                server.get("/seen", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "http"), 403, "plain-http");
        assertProblem(server.get("/seen", "X-Forwarded-For", "203.0.113.9"), 403, "plain-http");
    }

    @Test
    void aClientThatIsNotKnownIsNoneOfOurs() throws Exception {
        assertProblem(
                server.get("/inside", "X-Forwarded-For", "unknown", "X-Forwarded-Proto", "https"), 404, "not-found");
        assertProblem(server.get("/seen", "X-Forwarded-For", "unknown"), 403, "plain-http");
    }

    @Test
    void aPrivateRouteIsOpenToClientsInsideAlone() throws Exception {
        assertProblem(
                server.get("/inside", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https"),
                404,
                "not-found");
        assertEquals(
                "inside",
                server.get("/inside", "X-Forwarded-For", "10.1.1.1", "X-Forwarded-Proto", "https")
                        .body());
        assertEquals("inside", server.get("/inside").body());
    }

    @Test
    void aPreflightTellsNobodyOutsideOfAPrivateRoute() throws Exception {
        assertEquals(204, preflight("10.1.1.1", "/inside").statusCode());
        assertProblem(preflight("203.0.113.9", "/inside"), 404, "not-found");
        assertEquals(204, preflight("203.0.113.9", "/seen").statusCode());
    }

    private static HttpResponse<String> preflight(String client, String path) throws Exception {
        return server.send(
                "OPTIONS",
                path,
                BodyPublishers.noBody(),
                "X-Forwarded-For",
                client,
                "X-Forwarded-Proto",
                "https",
                "Origin",
                "https://app.example.com",
                "Access-Control-Request-Method",
                "GET");
    }

    @Test
    void theFieldThatTheProxiesDoNotSetIsNotBelieved() throws Exception {
        assertProblem(server.get("/inside", "Forwarded", "for=10.1.1.1;proto=https"), 403, "plain-http");
        assertEquals(
                "203.0.113.9 true 203.0.113.9 https://a/seen 443 null",
                server.get(
                                "/seen",
                                "X-Forwarded-For",
                                "203.0.113.9",
                                "X-Forwarded-Proto",
                                "https",
                                "X-Forwarded-Host",
                                "a",
                                "Forwarded",
                                "for=10.1.1.1;proto=http;host=b")
                        .body());
    }
}
