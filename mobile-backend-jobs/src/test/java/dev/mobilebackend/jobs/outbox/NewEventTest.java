// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewEventTest {

    @EventType(value = "order.placed", version = 3)
    record OrderPlaced(String order) {}

    record Nameless(String order) {}

    @Test
    void aRecordBringsItsTypeAndItsVersion() {
        NewEvent event =
                NewEvent.of("orders", new OrderPlaced("7")).subject("7").header("traceparent", "00-1");

        assertEquals(
                new NewEvent("orders", "order.placed", 3, "7", Map.of("traceparent", "00-1"), "{\"order\":\"7\"}"),
                event);
    }

    @Test
    void aRecordWithoutATypeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> NewEvent.of("orders", new Nameless("7")));
    }

    @Test
    void whatItCarriesIsNotPrinted() {
        assertFalse(NewEvent.of("orders", new OrderPlaced("canary")).toString().contains("canary"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "ä"})
    void aTopicIsOneThatEveryBrokerTakes(String topic) {
        assertThrows(IllegalArgumentException.class, () -> NewEvent.of(topic, new OrderPlaced("7")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\0b", "a\nb"})
    void aSubjectIsOneLine(String subject) {
        NewEvent event = NewEvent.of("orders", new OrderPlaced("7"));

        assertThrows(IllegalArgumentException.class, () -> event.subject(subject));
    }

    @Test
    void whatIsTooLargeIsNamedInsteadOfCarried() {
        assertThrows(
                IllegalArgumentException.class,
                () -> NewEvent.of("orders", new OrderPlaced("x".repeat(NewEvent.LONGEST_DATA))));
        assertThrows(IllegalArgumentException.class, () -> NewEvent.of("orders", new OrderPlaced("7"))
                .header("a", "x".repeat(5_000)));
    }
}
