// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import static dev.mobilebackend.core.route.Access.allOf;
import static dev.mobilebackend.core.route.Access.anyOf;
import static dev.mobilebackend.core.route.Access.owner;
import static dev.mobilebackend.core.route.Access.privateNetwork;
import static dev.mobilebackend.core.route.Access.role;
import static dev.mobilebackend.core.route.Access.scope;
import static dev.mobilebackend.core.route.Access.signedIn;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

    private static final Endpoint LINE =
            new Endpoint(HttpMethod.GET, "/orders/{order}/lines/{line}", List.of("order", "line"), List.of());

    private static final Access ANNS_ORDER = owner("order", id -> Optional.of(id.equals("7") ? "ann" : "somebody"));
    private static final Access ANNS_LINE = owner(id -> id.equals("7") ? Optional.of("ann") : Optional.empty());

    @Test
    void asksForARole() {
        assertDoesNotThrow(() -> role("admin").check(caller("ann", Set.of("admin"), Set.of())));
        assertRefused(403, role("admin"), caller("ann", Set.of("buyer"), Set.of("admin")));
        assertRefused(401, role("admin"), nobody());
    }

    @Test
    void asksForAScopeAndSaysWhichOne() {
        assertDoesNotThrow(() -> scope("orders:read").check(caller("ann", Set.of(), Set.of("orders:read"))));
        assertRefused(401, scope("orders:read"), nobody());
        Problem refusal =
                assertRefused(403, scope("orders:read"), caller("ann", Set.of("orders:read"), Set.of("orders:write")));
        assertEquals(
                "Bearer error=\"insufficient_scope\", scope=\"orders:read\"",
                refusal.headers().get("WWW-Authenticate"));
    }

    @Test
    void refusesAScopeThatCouldBreakOutOfItsField() {
        assertThrows(IllegalArgumentException.class, () -> scope("a\" b"));
        assertThrows(IllegalArgumentException.class, () -> scope(""));
    }

    @Test
    void asksForTheOwnerOfTheLastVariableOrOfTheOneNamed() {
        assertDoesNotThrow(() -> ANNS_LINE.check(at(caller("ann"), "1", "7")));
        assertDoesNotThrow(() -> ANNS_ORDER.check(at(caller("ann"), "7", "1")));
        assertRefused(404, ANNS_LINE, at(caller("ann"), "7", "1"));
        assertRefused(404, ANNS_ORDER, at(caller("bob"), "7", "1"));
        assertRefused(401, ANNS_ORDER, at(nobody(), "7", "1"));
    }

    @Test
    void letsInWhoeverMeetsOneOfSeveralConditions() {
        Access either = anyOf(role("support"), ANNS_ORDER);

        assertDoesNotThrow(() -> either.check(at(caller("ann"), "7", "1")));
        assertDoesNotThrow(() -> either.check(at(caller("eve", Set.of("support"), Set.of()), "8", "1")));
        assertRefused(404, either, at(caller("bob"), "7", "1"));
        assertRefused(401, either, at(nobody(), "7", "1"));
    }

    @Test
    void asksForATokenWhereTheNetworkAloneDoesNotDo() {
        Access either = anyOf(privateNetwork(), role("metrics"));

        assertDoesNotThrow(() -> either.check(TestExchange.from("10.0.0.1", "GET", "/metrics")));
        assertRefused(401, either, TestExchange.from("192.0.2.1", "GET", "/metrics"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"})
    void takesNobodyForAClientInsideWhomAnUnknownProxySpeaksFor(String field) {
        RequestFacts inside = TestExchange.from("10.0.0.1", "GET", "/metrics").facts();

        assertDoesNotThrow(() -> privateNetwork().check(TestExchange.of(inside)));
        assertRefused(404, privateNetwork(), TestExchange.of(inside, field, "10.0.0.2"));
    }

    @Test
    void letsInOnlyWhoeverMeetsEachOfSeveralConditions() {
        Access both = allOf(role("support"), scope("orders:read"));

        assertDoesNotThrow(() -> both.check(caller("eve", Set.of("support"), Set.of("orders:read"))));
        assertRefused(403, both, caller("eve", Set.of("support"), Set.of()));
        assertRefused(403, both, caller("eve", Set.of(), Set.of("orders:read")));
        assertRefused(404, allOf(signedIn(), anyOf(ANNS_ORDER, ANNS_LINE)), at(caller("bob"), "7", "7"));
    }

    @Test
    void doesNotTakeAFaultForARefusal() {
        Access broken = exchange -> {
            throw new IllegalStateException("the database is away");
        };

        assertThrows(
                IllegalStateException.class, () -> anyOf(broken, signedIn()).check(caller("ann")));
    }

    @Test
    void namesTheRouteWhoseOwnerCameAsNull() {
        Access broken = owner("order", id -> null);

        String message = assertThrows(NullPointerException.class, () -> broken.check(at(caller("ann"), "7", "1")))
                .getMessage();

        assertEquals(
                "the function that says whose a thing is returned null for " + LINE
                        + ": return Optional.empty() where it is nobody's",
                message);
    }

    @Test
    void refusesANameThatNobodyHas() {
        assertThrows(IllegalArgumentException.class, () -> role(""));
        assertThrows(IllegalArgumentException.class, () -> scope(""));
    }

    @Test
    void refusesToBeMadeOfNothing() {
        assertThrows(IllegalArgumentException.class, () -> anyOf());
        assertThrows(IllegalArgumentException.class, () -> allOf());
    }

    private static Problem assertRefused(int status, Access access, Exchange exchange) {
        Problem refusal = assertThrows(ProblemException.class, () -> access.check(exchange))
                .problem();
        assertEquals(status, refusal.status());
        return refusal;
    }

    private static Exchange nobody() {
        return TestExchange.from("192.0.2.1", "GET", "/orders/7/lines/1");
    }

    private static Exchange caller(String account) {
        return caller(account, Set.of(), Set.of());
    }

    private static Exchange caller(String account, Set<String> roles, Set<String> scopes) {
        Exchange exchange = nobody();
        exchange.authenticated(new Caller(account, "session", roles, scopes));
        return exchange;
    }

    private static Exchange at(Exchange exchange, String order, String line) {
        exchange.matched(LINE, "/orders/" + order + "/lines/" + line);
        return exchange;
    }
}
