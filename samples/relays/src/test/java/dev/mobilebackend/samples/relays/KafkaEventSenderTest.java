// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.relays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.jobs.outbox.EventSender.Refusal;
import dev.mobilebackend.jobs.outbox.OutboxEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** Against the producer in memory that comes with Kafka's clients. */
class KafkaEventSenderTest {

    private static final OutboxEvent EVENT = new OutboxEvent(
            "e1", "/shop", "order.placed", 2, "7", Instant.EPOCH, "orders", Map.of("traceparent", "00-1"), "{}");

    @Test
    void anEventIsKeyedByItsSubjectAndCarriesItsAttributes() throws Exception {
        var producer = taking();

        assertEquals(List.of(), new KafkaEventSender(producer).send(List.of(EVENT)));

        ProducerRecord<String, String> record = producer.history().get(0);
        assertEquals("orders", record.topic());
        assertEquals("7", record.key());
        assertEquals("{}", record.value());
        assertEquals("e1", header(record, "ce_id"));
        assertEquals("order.placed", header(record, "ce_type"));
        assertEquals("2", header(record, "ce_dataversion"));
        assertEquals("1970-01-01T00:00:00Z", header(record, "ce_time"));
        assertEquals("00-1", header(record, "ce_traceparent"));
    }

    @Test
    void anEventThatIsTooLargeIsRefused() throws Exception {
        var sender = new KafkaEventSender(failing(new RecordTooLargeException("2 MB")));

        List<Refusal> refusals = sender.send(List.of(EVENT));

        assertEquals(EVENT, refusals.get(0).event());
    }

    @Test
    void afterATimeoutNothingIsKnown() {
        var sender = new KafkaEventSender(failing(new TimeoutException("no broker")));

        assertThrows(ExecutionException.class, () -> sender.send(List.of(EVENT)));
    }

    @Test
    void nothingCountsAsSentBeforeAllReplicasHaveIt() {
        Map<String, Object> settings = KafkaEventSender.settings("localhost:9092");

        assertEquals("all", settings.get(ProducerConfig.ACKS_CONFIG));
        assertEquals(true, settings.get(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG));
    }

    private static MockProducer<String, String> taking() {
        return new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());
    }

    private static MockProducer<String, String> failing(RuntimeException answer) {
        return new MockProducer<>(false, null, new StringSerializer(), new StringSerializer()) {
            @Override
            public synchronized void flush() {
                errorNext(answer);
            }
        };
    }

    private static String header(ProducerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
