// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServedRoutesTest {

    private final RouteTable table = new Routes()
            .open(GET, "/")
            .open(POST, "/v1/auth/sign-in")
            .open(GET, "/v1/orders/{id}")
            .open(POST, "/v1/orders")
            .build();

    @Test
    void acceptsWhatIsDeclaredHoweverItsVariablesAreCalled() {
        assertDoesNotThrow(() -> table.requireDeclared(
                List.of("GET /v1/orders/{order:[0-9]+}", "HEAD /v1/orders/{id}", "POST v1/orders/", "GET /")));
    }

    @Test
    void listsEveryRouteThatIsServedAndNotDeclared() {
        var refused = assertThrows(
                IllegalStateException.class,
                () -> table.requireDeclared(List.of(
                        "POST /v1/orders", "PUT /v1/orders", "GET /v1/orders/{*rest}", "GET /v1/orders/{id}.json")));

        assertEquals(
                "these routes are served, but no rule says who may reach them: GET /v1/orders/{*rest},"
                        + " GET /v1/orders/{id}.json, PUT /v1/orders. Declare each of them, or do not serve it",
                refused.getMessage());
    }

    @Test
    void acceptsServletsThatServeDeclaredPaths() {
        assertDoesNotThrow(
                () -> table.requireMapped(List.of("/", "/*", "", "*.jsp", "/v1/*", "/v1/auth/*", "/v1/auth/sign-in")));
    }

    @Test
    void listsEveryServletThatServesWhatIsNotDeclared() {
        var refused = assertThrows(
                IllegalStateException.class,
                () -> table.requireMapped(List.of("/v1/auth", "/v1/orders/7", "/admin/*", "/v1/auth/*")));

        assertEquals(
                "servlets are mapped to these paths, but no rule says who may reach them: /admin/*, /v1/auth,"
                        + " /v1/orders/7. Declare what they serve, or do not map them",
                refused.getMessage().lines().findFirst().orElseThrow());
    }

    @Test
    void refusesAServletThatTakesPathsFromAnotherRoute() {
        RouteTable wide = new Routes()
                .open(POST, "/v1/auth/sign-in")
                .open(GET, "/v1/{thing}/{id}")
                .build();

        assertEquals(
                "paths of GET /v1/{thing}/{id} that begin like /v1/auth/* would reach the servlet there under the rule"
                        + " of this route: declare GET /v1/auth/{} too, or call one of them otherwise",
                assertThrows(IllegalStateException.class, () -> wide.requireMapped(List.of("/v1/auth/*")))
                        .getMessage());
    }

    @Test
    void refusesARouterThatTakesPathsToALessLiteralRoute() {
        RouteTable overlapping = new Routes()
                .open(GET, "/v1/orders/{id}")
                .open(GET, "/v1/orders/best")
                .build();

        assertDoesNotThrow(() -> overlapping.requireSameChoices(
                (method, path) -> path.equals("/v1/orders/best") ? "/v1/orders/best" : "/v1/orders/{order}"));
        assertDoesNotThrow(() -> overlapping.requireSameChoices((method, path) -> null));
        assertEquals(
                "requests for GET /v1/orders/best would reach the handler of /v1/orders/{id}, which was registered"
                        + " before it: register the more literal one first",
                assertThrows(
                                IllegalStateException.class,
                                () -> overlapping.requireSameChoices((method, path) -> "/v1/orders/{id}"))
                        .getMessage());
    }

    @Test
    void knowsWhatNothingServes() {
        List<Route> unserved = table.unserved(List.of("GET /v1/orders/{order}"), List.of("/v1/auth/*", "/*"));

        assertEquals("[GET /, POST /v1/orders]", unserved.toString());
    }
}
