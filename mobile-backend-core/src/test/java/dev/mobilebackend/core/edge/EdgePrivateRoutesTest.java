// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.assertProblem;
import static dev.mobilebackend.core.edge.EdgeServer.header;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.core.ratelimit.RateLimitPolicy;
import dev.mobilebackend.core.route.Routes;
import io.javalin.config.JavalinConfig;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client outside the operator's network cannot tell a private route from one that is not there. */
class EdgePrivateRoutesTest {

    private static EdgeServer server;

    @BeforeAll
    static void start() {
        server = EdgeServer.start(
                EdgePrivateRoutesTest::pretendToBeOutside, EdgePrivateRoutesTest::declare, config -> config.routes
                        .get("/metrics", context -> context.result("inside"))
                        .get("/mixed", context -> context.result("inside"))
                        .post("/mixed", context -> context.result("outside")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void declare(Routes routes) {
        routes.role("admin", GET, "/metrics")
                .limit(RateLimitPolicy.perClient(10, Duration.ofMinutes(1)))
                .privateNetwork()
                .signedIn(GET, "/mixed")
                .privateNetwork()
                .open(POST, "/mixed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "DELETE", "OPTIONS", "BREW"})
    void answersAsIfNothingWereThere(String method) throws Exception {
        HttpResponse<String> hidden = outside(method, "/metrics");
        HttpResponse<String> unknown = outside(method, "/nothing");

        assertEquals(404, hidden.statusCode());
        assertEquals(comparable(unknown), comparable(hidden));
        assertEquals(withoutId(unknown.body()), withoutId(hidden.body()));
    }

    @Test
    void answersAsIfOnlyTheOpenMethodWereThere() throws Exception {
        HttpResponse<String> hidden = outside("GET", "/mixed");

        assertProblem(hidden, 405, "method-not-allowed");
        assertEquals("POST", header(hidden, "Allow"));
        assertEquals("outside", outside("POST", "/mixed").body());
    }

    @Test
    void asksForATokenInside() throws Exception {
        assertProblem(server.get("/metrics"), 401, "unauthenticated");
        assertProblem(server.send("DELETE", "/metrics", BodyPublishers.noBody()), 405, "method-not-allowed");
        assertProblem(server.get("/metrics", "Test-Caller", "eve"), 403, "forbidden");
    }

    /** As a caller whom the route's own rules would refuse, so that each of them would tell that it is there. */
    private static HttpResponse<String> outside(String method, String path) throws Exception {
        return server.send(method, path, BodyPublishers.noBody(), "Test-Outside", "yes", "Test-Caller", "eve");
    }

    private static Map<String, Object> comparable(HttpResponse<String> answer) {
        var fields = new TreeMap<String, Object>(answer.headers().map());
        fields.remove("date");
        fields.remove("x-request-id");
        fields.put(":status", answer.statusCode());
        return fields;
    }

    private static String withoutId(String body) {
        return body.replaceAll("\"requestId\":\"[^\"]*\"", "");
    }

    private static void pretendToBeOutside(JavalinConfig config) {
        config.jetty.modifyServletContextHandler(handler ->
                handler.addFilter(new FilterHolder(new Outside()), "/*", EnumSet.of(DispatcherType.REQUEST)));
    }

    /** Moves whoever says so to an address of the Internet. */
    private static final class Outside implements Filter {

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            var http = (HttpServletRequest) request;
            chain.doFilter(
                    http.getHeader("Test-Outside") == null
                            ? http
                            : new HttpServletRequestWrapper(http) {
                                @Override
                                public String getRemoteAddr() {
                                    return "192.0.2.1";
                                }

                                @Override
                                public boolean isSecure() {
                                    return true;
                                }
                            },
                    response);
        }
    }
}
