// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.access.Attribute;
import dev.mobilebackend.auth.access.InPerson;
import dev.mobilebackend.auth.access.Permissions;
import dev.mobilebackend.auth.access.StepUp;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.Access;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnybodyTest {

    private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");
    private static final Access SUPPORT = Access.role("support");

    @Test
    void meetsWhatEverybodyMeets() {
        Access empty = exchange -> {};
        List<Access> conditions = List.of(
                Access.open(),
                Access.signedIn(),
                Access.privateNetwork(),
                Access.anyOf(SUPPORT, Access.signedIn()),
                Access.allOf(Access.privateNetwork(), Access.signedIn()),
                new InPerson(),
                StepUp.within(Duration.ofMinutes(5)).by("otp"),
                Attribute.of("anything", exchange -> true),
                Exchange::caller,
                empty);

        for (Access condition : conditions) {
            var refused = assertThrows(IllegalArgumentException.class, () -> Anybody.requireRefused(condition, NOW));

            assertTrue(refused.getMessage().contains(condition.toString()), refused::getMessage);
            assertTrue(refused.getMessage().contains("Access.role(\"support\")"), refused::getMessage);
        }
    }

    @Test
    void meetsNothingThatAsksWhoSomebodyIs() {
        List<Access> conditions = List.of(
                SUPPORT,
                Access.allOf(SUPPORT, Access.privateNetwork()),
                Access.anyOf(SUPPORT, Access.role("admin")),
                Access.scope("staff"),
                Permissions.of(Map.of("support", Set.of("act"))).needs("act"),
                Attribute.of("to be on duty", exchange -> Set.of("ada")
                        .contains(exchange.caller().accountId())),
                exchange -> {
                    throw Problem.FORBIDDEN.exception();
                });

        for (Access condition : conditions) {
            assertDoesNotThrow(() -> Anybody.requireRefused(condition, NOW), condition::toString);
        }
    }

    @Test
    void meetsNothingThatLooksAtTheRequest() {
        Access certificate = exchange -> {
            if (!"staff".equals(exchange.header("Client-Cert"))) {
                throw Problem.FORBIDDEN.exception();
            }
        };

        assertDoesNotThrow(() -> Anybody.requireRefused(certificate, NOW));
    }
}
