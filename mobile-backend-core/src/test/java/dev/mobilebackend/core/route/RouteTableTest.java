// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import static dev.mobilebackend.core.exchange.HttpMethod.DELETE;
import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.exchange.HttpMethod.HEAD;
import static dev.mobilebackend.core.exchange.HttpMethod.POST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.route.RouteMatch.Found;
import dev.mobilebackend.core.route.RouteMatch.Misspelled;
import dev.mobilebackend.core.route.RouteMatch.OtherMethods;
import dev.mobilebackend.core.route.RouteMatch.Unknown;
import java.lang.management.ManagementFactory;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
    void findsARoute() {
        Found found = assertInstanceOf(Found.class, table.match("POST", "/v1/orders/7/lines/2"));

        assertEquals("/v1/orders/{id}/lines/{line}", found.route().template());
        assertNull(found.decoded());
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
                "/v1//products",
                "//v1/products",
                "/v1/products//",
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
                "/v1/products/%c0%af",
                "/v1/products/%c2%85",
                "/v1/products/a%c2%9bb"
            })
    void knowsNoOtherSpellingOfAPath(String path) {
        assertInstanceOf(Misspelled.class, table.match("GET", path));
        assertInstanceOf(Misspelled.class, table.visibleTo(TestExchange.get(), table.match("BREW", path)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "v1/products", "/v1", "/v1/", "/v1/products/", "/V1/products", "/v1/products/7/"})
    void knowsNoPathThatIsNotDeclared(String path) {
        assertInstanceOf(Unknown.class, table.match("GET", path));
    }

    @Property
    void givesAVariableExactlyWhatTheClientEncoded(@ForAll @StringLength(min = 1, max = 30) String id) {
        Assume.that(id.codePoints().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))
                && !id.equals(".")
                && !id.equals("..")
                && !id.equals("best")
                && StandardCharsets.UTF_8.newEncoder().canEncode(id));
        String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");

        Found found = assertInstanceOf(Found.class, table.match("GET", "/v1/products/" + encoded));

        String path = found.decoded() == null ? "/v1/products/" + encoded : found.decoded();
        assertEquals("/v1/products/" + id, path);
    }

    @Property
    void neverFailsOnAnyPath(@ForAll String path) {
        table.match("GET", path);
        table.match("GET", "/" + path);
        table.match("GET", "/v1/products/" + path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "",
                "/a/",
                "//",
                "/a//b",
                "/{a}/{a}",
                "/{}",
                "/a{b}",
                "/a b",
                "/a?b",
                "/%41",
                "/..",
                "/a/./b"
            })
    void refusesATemplateThatNoPathCouldMatch(String template) {
        assertThrows(IllegalArgumentException.class, () -> new Routes().open(GET, template));
    }

    @Test
    void looksForTheMethodInEveryRouteOfAPath() {
        assertEquals("/v1/products/{id}", template("DELETE", "/v1/products/best"));
        assertEquals(
                Set.of(GET, HEAD, DELETE),
                assertInstanceOf(OtherMethods.class, table.match("POST", "/v1/products/best"))
                        .allowed());
    }

    @Test
    void takesNoVariableForNothing() {
        RouteTable variable = new Routes().open(GET, "/{page}").build();

        assertInstanceOf(Unknown.class, variable.match("GET", "/"));
        assertInstanceOf(Unknown.class, variable.match("POST", "/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/%70roducts", "/v1/products/%62est", "/%76%31/products/7", "/v1/orders/7/line%73/2"})
    void doesNotGuessWhichRouteAnEncodedLetterMeans(String path) {
        assertFalse(table.match("GET", path) instanceof Found);
        assertFalse(table.match("POST", path) instanceof Found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/products/a b",
                "/v1/products/a|b",
                "/v1/products/\u00e9",
                "/v1/products/a\"b",
                "/v1/products/{id}"
            })
    void knowsNoPathWithRawCharactersThatMustBeEncoded(String path) {
        assertInstanceOf(Misspelled.class, table.match("GET", path));
    }

    @Test
    void findsNothingWhereTheContainerDecodesOtherwise() {
        String path = "/v1/products/caf%C3%A9";

        assertInstanceOf(Found.class, table.match("GET", path, "/v1/products/caf\u00e9"));
        assertInstanceOf(Unknown.class, table.match("GET", path, "/v1/products/caf\u00c3\u00a9"));
    }

    @Test
    void hidesPrivateRoutesFromOutsideWhateverTheMethod() {
        RouteTable hidden = new Routes()
                .role("admin", GET, "/jobs")
                .privateNetwork()
                .open(GET, "/orders")
                .privateNetwork()
                .open(POST, "/orders")
                .only(Access.allOf(Access.signedIn(), Access.privateNetwork()), GET, "/audit")
                .build();

        assertInstanceOf(Found.class, seen(hidden, "GET", "/jobs", "10.1.2.3"));
        assertInstanceOf(OtherMethods.class, seen(hidden, "PUT", "/jobs", "10.1.2.3"));
        for (String method : List.of("GET", "HEAD", "PUT", "OPTIONS", "BREW")) {
            assertInstanceOf(Unknown.class, seen(hidden, method, "/jobs", "192.0.2.1"), method);
            assertInstanceOf(Unknown.class, seen(hidden, method, "/audit", "192.0.2.1"), method);
            assertEquals(
                    Set.of(POST),
                    assertInstanceOf(OtherMethods.class, seen(hidden, method, "/orders", "192.0.2.1"))
                            .allowed());
        }
    }

    @Test
    void doesNotFallThroughFromAPrivateRouteToALessLiteralOne() {
        RouteTable hidden = new Routes()
                .open(GET, "/v1/{thing}")
                .open(GET, "/v1/jobs")
                .privateNetwork()
                .build();

        assertInstanceOf(Unknown.class, seen(hidden, "GET", "/v1/jobs", "192.0.2.1"));
        assertInstanceOf(Found.class, seen(hidden, "GET", "/v1/toys", "192.0.2.1"));
    }

    @Test
    void findsARouteWithoutVariablesForNothingAndOthersForTheirValues() {
        long literal = allocatedBy(() -> table.match("GET", "/v1/products/best"));
        long variable = allocatedBy(() -> table.match("POST", "/v1/orders/1234567/lines/2"));

        assertEquals(0, literal);
        assertTrue(variable <= 192, "bytes for two values: " + variable);
    }

    /** The least of several rounds, since others may be counted in: the compiler, a class that is loaded. */
    private static long allocatedBy(Runnable work) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                work.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least / 100;
    }

    private static RouteMatch seen(RouteTable table, String method, String path, String address) {
        return table.visibleTo(TestExchange.from(address, method, path), table.match(method, path));
    }

    private String template(String method, String path) {
        return assertInstanceOf(Found.class, table.match(method, path)).route().template();
    }
}
