// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.exchange.TestExchange;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IdempotentRequestTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final IdempotencyPolicy POLICY = IdempotencyPolicy.standard();

    @Test
    void isTheSameForARetry() {
        IdempotentRequest first = request("ann", "key-1", "tea");
        IdempotentRequest retry = request("ann", "\"key-1\"", "tea");

        assertArrayEquals(first.scope(), retry.scope());
        assertArrayEquals(first.fingerprint(), retry.fingerprint());
    }

    @Test
    void keepsTheKeysOfTwoCallersApart() {
        assertOtherScope(request("ann", "key-1", "tea"), request("bob", "key-1", "tea"));
    }

    @Test
    void keepsTheKeysOfTwoRoutesApart() {
        Exchange elsewhere = TestExchange.order("ann", "key-1", "tea", NOW, POLICY);
        elsewhere.matched(new Endpoint(HttpMethod.POST, "/transfers", List.of(), List.of(POLICY)));

        assertOtherScope(request("ann", "key-1", "tea"), IdempotentRequest.of(elsewhere));
    }

    @Test
    void keepsTheKeysOfTwoMethodsApart() {
        Exchange put = TestExchange.order("ann", "key-1", "tea", facts("PUT", null), POLICY);

        assertOtherScope(request("ann", "key-1", "tea"), IdempotentRequest.of(put));
    }

    @Test
    void waitsForItsDuplicateNoLongerThanItsClientDoes() {
        assertEquals(Duration.ofSeconds(1), lockWaitOf(facts("POST", NOW.plusSeconds(1))));
        assertEquals(POLICY.lockWait(), lockWaitOf(facts("POST", NOW.plusSeconds(60))));
        assertEquals(Duration.ofMillis(1), lockWaitOf(facts("POST", NOW.minusSeconds(1))));
    }

    private static Duration lockWaitOf(RequestFacts facts) {
        return IdempotentRequest.of(TestExchange.order("ann", "key-1", "tea", facts, POLICY))
                .policy()
                .lockWait();
    }

    private static RequestFacts facts(String method, @Nullable Instant deadline) {
        return new RequestFacts(
                "request-1", NOW, method, "/orders", ClientAddress.parse("192.0.2.1"), true, null, null, deadline);
    }

    @Test
    void hasAnotherFingerprintForAnotherPayload() {
        IdempotentRequest tea = request("ann", "key-1", "tea");
        IdempotentRequest coffee = request("ann", "key-1", "coffee");

        assertArrayEquals(tea.scope(), coffee.scope());
        assertFalse(Arrays.equals(tea.fingerprint(), coffee.fingerprint()));
    }

    @Test
    void linksToTheStatusOfItsOwnKey() {
        Exchange exchange =
                TestExchange.order("ann", "\"a b/c\"", "tea", NOW, POLICY.statusLink("/v1/transfers/by-key/{key}"));

        assertEquals(
                "/v1/transfers/by-key/a%20b%2Fc", IdempotentRequest.of(exchange).statusLink());
    }

    @Test
    void isNoneOnARouteThatWasNotDeclaredIdempotent() {
        Exchange exchange = TestExchange.order("ann", "key-1", "tea", NOW);

        assertThrows(IllegalStateException.class, () -> IdempotentRequest.of(exchange));
    }

    @Test
    void hasAPolicyThatCanHold() {
        assertThrows(IllegalArgumentException.class, () -> POLICY.retention(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> POLICY.lockWait(Duration.ofSeconds(-1)));
        assertThrows(IllegalArgumentException.class, () -> POLICY.lease(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> POLICY.maximumBody(2 * 1024 * 1024));
        assertThrows(IllegalArgumentException.class, () -> POLICY.statusLink("/v1/transfers"));
    }

    private static void assertOtherScope(IdempotentRequest one, IdempotentRequest other) {
        assertFalse(Arrays.equals(one.scope(), other.scope()));
    }

    private static IdempotentRequest request(String account, String key, String body) {
        return IdempotentRequest.of(TestExchange.order(account, key, body, NOW, POLICY));
    }
}
