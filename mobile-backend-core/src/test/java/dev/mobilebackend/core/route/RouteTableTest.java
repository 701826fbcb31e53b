// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import static dev.mobilebackend.core.exchange.HttpMethod.DELETE;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.HEAD;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.ratelimit.RateLimitPolicy;
import dev.mobilebackend.core.route.RouteMatch.Found;
import dev.mobilebackend.core.route.RouteMatch.OtherMethods;
import dev.mobilebackend.core.route.RouteMatch.Unknown;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {

    private final RouteTable table = new Routes()
            .open(GET, "/")
            .open(GET, "/v1/products")
            .open(GET, "/v1/products/{id}")
            .open(GET, "/v1/products/best")
            .signedIn(POST, "/v1/orders/{id}/lines/{line}")
            .signedIn(DELETE, "/v1/products/{id}")
            .build();

    @Test
    void findsARouteAndItsVariables() {
        Found found = assertInstanceOf(Found.class, table.match("POST", "/v1/orders/7/lines/2"));

        assertEquals("/v1/orders/{id}/lines/{line}", found.route().template());
        assertArrayEquals(new String[] {"7", "2"}, found.pathValues());
    }

    @Test
    void prefersALiteralSegmentToAVariable() {
        assertEquals("/v1/products/best", template("GET", "/v1/products/best"));
        assertEquals("/v1/products/{id}", template("GET", "/v1/products/worst"));
    }

    @Test
    void answersHeadByTheRouteForGet() {
        assertEquals("/v1/products", template("HEAD", "/v1/products"));
    }

    @Test
    void namesTheMethodsOfAPathThatIsKnown() {
        OtherMethods other = assertInstanceOf(OtherMethods.class, table.match("PUT", "/v1/products/7"));

        assertEquals(Set.of(GET, HEAD, DELETE), other.allowed());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "v1/products",
                "/v1",
                "/v1/",
                "/v1/products/",
                "/v1//products",
                "//v1/products",
                "/V1/products",
                "/v1/./products",
                "/v1/x/../products",
                "/v1/%2e%2e/v1/products",
                "/v1/products;a=b",
                "/v1/products/7;a",
                "/v1/products/a%2fb",
                "/v1/products/a%5cb",
                "/v1/products/a\\b",
                "/v1/products/%zz",
                "/v1/products/%4",
                "/v1/products/%",
                "/v1/products/%ff",
                "/v1/products/.",
                "/v1/products/..",
                "/v1/products/%2e",
                "/v1/products/%2E%2e",
                "/v1/products/%00",
                "/v1/products/%0a",
                "/v1/products/%c0%af"
            })
    void knowsNoOtherSpellingOfAPath(String path) {
        assertInstanceOf(Unknown.class, table.match("GET", path));
    }

    @Property
    void givesAVariableExactlyWhatTheClientEncoded(@ForAll @StringLength(min = 1, max = 30) String id) {
        Assume.that(id.codePoints().noneMatch(c -> c == '/' || c == '\\' || c < ' ' || c == 0x7f)
                && !id.equals(".")
                && !id.equals("..")
                && !id.equals("best")
                && StandardCharsets.UTF_8.newEncoder().canEncode(id));
        String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");

        Found found = assertInstanceOf(Found.class, table.match("GET", "/v1/products/" + encoded));

        assertArrayEquals(new String[] {id}, found.pathValues());
    }

    @Property
    void neverFailsOnAnyPath(@ForAll String path) {
        table.match("GET", path);
        table.match("GET", "/" + path);
        table.match("GET", "/v1/products/" + path);
    }

    @Test
    void refusesTwoRoutesForTheSameRequests() {
        Routes same = new Routes().open(GET, "/a/{x}").signedIn(GET, "/a/{y}");

        assertEquals(
                "GET /a/{y} is declared twice, also as GET /a/{x}: keep one",
                assertThrows(IllegalArgumentException.class, same::build).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "", "/a/", "//", "/a//b", "/{a}/{a}", "/{}", "/a{b}", "/a b", "/a?b", "/%41"})
    void refusesATemplateThatNoPathCouldMatch(String template) {
        assertThrows(IllegalArgumentException.class, () -> new Routes().open(GET, template));
    }

    @Test
    void refusesAnOwnerRuleWithoutAVariableAndKeysWithoutCallers() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Routes().signedIn(GET, "/me").owner(id -> Optional.empty()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Routes().open(POST, "/orders").idempotent());
        assertThrows(IllegalStateException.class, () -> new Routes().unlimited());
    }

    @Test
    void refusesTwoLimitsOfOneNameOnARoute() {
        Routes routes =
                new Routes().signedIn(POST, "/orders").limit(RateLimitPolicy.perCaller(10, Duration.ofSeconds(1)));
        var hourly = RateLimitPolicy.perCaller(1000, Duration.ofHours(1));

        assertEquals(
                "POST /orders has two limits with the name 'caller', which clients could not tell apart:"
                        + " give one of them another with named(...)",
                assertThrows(IllegalArgumentException.class, () -> routes.limit(hourly))
                        .getMessage());
        assertEquals(
                2,
                routes.limit(hourly.named("hourly"))
                        .build()
                        .routes()
                        .get(0)
                        .endpoint()
                        .declared(RateLimitPolicy.class)
                        .size());
    }

    @Test
    void hidesAPrivateRouteFromOutsideBeforeItAsksWhoIsThere() {
        Route route = new Routes()
                .role("admin", GET, "/admin")
                .privateNetwork()
                .build()
                .routes()
                .get(0);
        Exchange outside = TestExchange.get();

        var refused = assertThrows(
                ProblemException.class, () -> route.access().forEach(condition -> condition.check(outside)));

        assertEquals(404, refused.problem().status());
    }

    private String template(String method, String path) {
        return assertInstanceOf(Found.class, table.match(method, path)).route().template();
    }
}
