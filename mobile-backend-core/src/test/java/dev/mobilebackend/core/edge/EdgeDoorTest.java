// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.edge.EdgeServer.assertProblem;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.core.exchange.Exchange;
import io.javalin.config.JavalinConfig;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EdgeDoorTest {

    private static EdgeServer server;

    @BeforeAll
    static void start() {
        server = EdgeServer.start(
                EdgeDoorTest::pretendAddress,
                routes -> routes.open(GET, "/client"),
                config -> config.routes.get(
                        "/client",
                        context -> context.result(
                                Exchange.of(context.req()).facts().client().toString())));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void pretendAddress(JavalinConfig config) {
        Filter filter =
                (request, response, chain) -> chain.doFilter(new FromElsewhere((HttpServletRequest) request), response);
        config.jetty.modifyServletContextHandler(
                handler -> handler.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST)));
    }

    @Test
    void answersARequestWhoseAddressIsUnknownWithAProblem() throws Exception {
        HttpResponse<String> answer = server.get("/client", "Test-Address", "unknown");

        assertProblem(answer, 500, "internal-error");
    }

    @Test
    void readsAnAddressWithItsZone() throws Exception {
        assertEquals("::1", server.get("/client", "Test-Address", "::1%lo").body());
    }

    private static final class FromElsewhere extends HttpServletRequestWrapper {

        FromElsewhere(HttpServletRequest request) {
            super(request);
        }

        @Override
        public String getRemoteAddr() {
            return getHeader("Test-Address");
        }
    }
}
