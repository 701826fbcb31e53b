// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

/** What the edge makes of the paths that a container brings to it. */
class EdgeMappingTest {

    @Test
    void isMappedToEverything() {
        assertDoesNotThrow(() -> start(List.of("/*"), "/v1/products/*", "/health/*"));
        assertDoesNotThrow(() -> start(List.of("/v1/*", "/*"), "/v1/products/*", "/health/*"));
    }

    @Test
    void stopsTheStartWhereServletsAndRoutesLieBesideIt() {
        Exception failure =
                assertThrows(Exception.class, () -> start(List.of("/v1/products/*"), "/v1/products/*", "/health/*"));

        assertEquals(
                "the edge is mapped to [/v1/products/*] only, so requests for these never come to it: /health/*,"
                        + " GET /health/live. Map it to /* for every dispatcher type, with async support",
                failure.getMessage());
    }

    /** As a dispatcher servlet's that is mapped to everything. */
    @Test
    void stopsTheStartWhereOnlyRoutesLieBesideIt() {
        Exception failure = assertThrows(Exception.class, () -> start(List.of("/v1/*"), "/"));

        assertEquals(
                "the edge is mapped to [/v1/*] only, so requests for these never come to it: GET /health/live. Map it to /*"
                        + " for every dispatcher type, with async support",
                failure.getMessage());
    }

    @Test
    void takesAPathForItsBeginningOnlyAtASlash() {
        assertThrows(Exception.class, () -> start(List.of("/v1/product/*", "/health/*"), "/"));
    }

    /** What else is served there has no name that could be compared. */
    @Test
    void startsWhereAllThatIsNamedComesToIt() {
        assertDoesNotThrow(() -> start(List.of("/v1/*", "/health/live"), "/"));
    }

    private static void start(List<String> mapping, String... servlets) throws Exception {
        Edge edge = Edge.builder()
                .routes(routes -> routes.open(GET, "/v1/products/{id}").open(GET, "/health/live"))
                .build();
        var context = new ServletContextHandler("/");
        var filter = new FilterHolder(edge);
        for (String path : mapping) {
            context.addFilter(filter, path, EnumSet.allOf(DispatcherType.class));
        }
        for (String path : servlets) {
            context.addServlet(new ServletHolder(new HttpServlet() {}), path);
        }
        var server = new Server(0);
        server.setHandler(context);
        try {
            server.start();
        } finally {
            server.stop();
        }
    }
}
