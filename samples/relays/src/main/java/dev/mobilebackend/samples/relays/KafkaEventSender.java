// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.relays;

import static java.util.Objects.requireNonNullElse;

import dev.mobilebackend.jobs.outbox.EventSender;
import dev.mobilebackend.jobs.outbox.OutboxEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Hands events to Kafka, with the subject as the key, so that events of one subject are in one partition, and the
 * attributes as headers of the CloudEvents Kafka binding.
 *
 * <pre>{@code
 * var producer = new KafkaProducer<String, String>(KafkaEventSender.settings("kafka-1:9092,kafka-2:9092"));
 * var relay = OutboxRelay.builder(outbox, new KafkaEventSender(producer)).build();
 * }</pre>
 */
public final class KafkaEventSender implements EventSender {

    private final Producer<String, String> producer;

    /** The producer stays the caller's to close, after the relay. */
    public KafkaEventSender(Producer<String, String> producer) {
        this.producer = producer;
    }

    /**
     * What an event needs to be kept: all in-sync replicas have it before it counts as sent ({@code
     * min.insync.replicas} of the topic should be 2), and what the producer itself sends again is written once and in
     * its order.
     */
    public static Map<String, Object> settings(String servers) {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                servers,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                10_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                10_000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                30_000,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class);
    }

    @Override
    public List<Refusal> send(List<OutboxEvent> events) throws Exception {
        var answers = new LinkedHashMap<OutboxEvent, Future<RecordMetadata>>();
        for (OutboxEvent event : events) {
            answers.put(event, producer.send(record(event)));
        }
        producer.flush();
        var refusals = new ArrayList<Refusal>();
        for (Map.Entry<OutboxEvent, Future<RecordMetadata>> answer : answers.entrySet()) {
            try {
                answer.getValue().get();
            } catch (ExecutionException failed) {
                Throwable cause = requireNonNullElse(failed.getCause(), failed);
                if (!isTheEventsOwn(cause)) {
                    throw failed;
                }
                refusals.add(new Refusal(answer.getKey(), cause.toString()));
            }
        }
        return refusals;
    }

    /** What another event beside it would not meet; after anything else it is not known what the brokers have. */
    private static boolean isTheEventsOwn(Throwable cause) {
        return cause instanceof RecordTooLargeException
                || cause instanceof InvalidTopicException
                || cause instanceof UnknownTopicOrPartitionException
                || cause instanceof TopicAuthorizationException;
    }

    private static ProducerRecord<String, String> record(OutboxEvent event) {
        String subject = event.subject();
        ProducerRecord<String, String> record = subject == null
                ? new ProducerRecord<>(event.topic(), event.data())
                : new ProducerRecord<>(event.topic(), subject, event.data());
        CloudEventFields.of(event)
                .forEach((name, value) -> record.headers().add("ce_" + name, value.getBytes(StandardCharsets.UTF_8)));
        record.headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
        return record;
    }
}
