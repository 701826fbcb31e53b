// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ExchangeTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @Property
    void readsAQueryParameterAsTheClientMeantIt(@ForAll String value) {
        Assume.that(StandardCharsets.UTF_8.newEncoder().canEncode(value));

        assertEquals(value, TestExchange.query("other", "1", "cursor", value).query("cursor"));
    }

    @Test
    void knowsAMissingAndAnEmptyParameterApart() {
        assertNull(TestExchange.query("limit", "1").query("cursor"));
        assertEquals("", TestExchange.query("cursor", "").query("cursor"));
    }

    @Test
    void refusesACallerWhereNobodyIsSignedIn() {
        ProblemException refused =
                assertThrows(ProblemException.class, () -> TestExchange.get().caller());

        assertEquals(401, refused.problem().status());
    }

    @Test
    void givesRequestsForTheSameOneFingerprint() {
        byte[] first = order("tea").fingerprint();

        assertArrayEquals(first, order("tea").fingerprint());
        assertFalse(Arrays.equals(first, order("coffee").fingerprint()));
    }

    @Test
    void givesTheSameFingerprintHoweverOftenItIsAsked() {
        Exchange exchange = order("tea");

        assertArrayEquals(exchange.fingerprint(), exchange.fingerprint());
    }

    @Test
    void namesTheVariableThatARouteDoesNotHave() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> TestExchange.get().pathParameter("id"))
                .getMessage();

        assertEquals("the route /list has no variable 'id'", message);
    }

    @Test
    void namesTheRouteWhoseHandlerAnsweredNull() {
        String message = assertThrows(
                        NullPointerException.class, () -> TestExchange.get().send(null))
                .getMessage();

        assertEquals("the handler of GET /list answered null: return an answer, such as Answer.of(204)", message);
    }

    /** As a handler does that sends an answer and returns one. */
    @Test
    void isAnsweredOnce() {
        Exchange exchange = TestExchange.of(TestExchange.get().facts(), new HashMap<>());
        exchange.send(Answer.of(204));

        String message = assertThrows(IllegalStateException.class, () -> exchange.send(Answer.of(200)))
                .getMessage();

        assertEquals(
                "this exchange has an answer already, of status 204: send one, or return it, but not both; was to be"
                        + " answered with 200 too",
                message);
    }

    private static Exchange order(String body) {
        return TestExchange.order("ann", "key-1", body, NOW);
    }

    @Test
    void givesTheValuesOfAPathByTheirNames() {
        var line = new Endpoint(HttpMethod.GET, "/orders/{order}/lines/{line}", List.of("order", "line"), List.of());
        Exchange exchange = TestExchange.to(line, null, () -> 0);

        exchange.matched(line, "/orders/a b/lines/{order}");

        assertEquals("a b", exchange.pathParameter("order"));
        assertEquals("{order}", exchange.pathParameter("line"));
        assertThrows(IllegalArgumentException.class, () -> exchange.pathParameter("lines"));
    }
}
