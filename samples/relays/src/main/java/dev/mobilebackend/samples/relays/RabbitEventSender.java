// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.relays;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Connection;
import dev.mobilebackend.jobs.outbox.EventSender;
import dev.mobilebackend.jobs.outbox.OutboxEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Hands events to a durable exchange of RabbitMQ, with their topic as the routing key. An event counts as sent when the
 * broker has confirmed it; one that no queue takes comes back (mandatory) and counts as refused, instead of being dropped.
 *
 * <pre>{@code
 * var relay = OutboxRelay.builder(outbox, new RabbitEventSender(connection, "events")).build();
 * }</pre>
 *
 * Queues should be quorum queues, which keep what they have confirmed when a node is lost.
 */
public final class RabbitEventSender implements EventSender {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PERSISTENT = 2;

    private final Connection connection;
    private final String exchange;
    private final NavigableMap<Long, OutboxEvent> unconfirmed = new ConcurrentSkipListMap<>();
    private final Map<String, String> refused = new ConcurrentHashMap<>();
    private @Nullable Channel channel;

    /** The connection stays the caller's to close, after the relay; it should recover by itself, as it does by default. */
    public RabbitEventSender(Connection connection, String exchange) {
        this.connection = connection;
        this.exchange = exchange;
    }

    @Override
    public List<Refusal> send(List<OutboxEvent> events) throws Exception {
        Channel open = channel();
        unconfirmed.clear();
        refused.clear();
        try {
            for (OutboxEvent event : events) {
                unconfirmed.put(open.getNextPublishSeqNo(), event);
                open.basicPublish(
                        exchange,
                        event.topic(),
                        true,
                        properties(event),
                        event.data().getBytes(StandardCharsets.UTF_8));
            }
            open.waitForConfirms(PATIENCE.toMillis());
        } catch (Exception unknown) {
            // Late confirms of this call must not be taken for those of the next.
            open.abort();
            throw unknown;
        }
        return events.stream()
                .filter(event -> refused.containsKey(event.id()))
                .map(event -> new Refusal(event, refused.getOrDefault(event.id(), "")))
                .toList();
    }

    private Channel channel() throws IOException {
        Channel known = channel;
        if (known != null && known.isOpen()) {
            return known;
        }
        Channel opened = connection.createChannel();
        opened.confirmSelect();
        // The broker returns an event before it confirms it.
        opened.addReturnListener(returned -> refused.put(
                returned.getProperties().getMessageId(),
                "no queue takes it: " + returned.getReplyCode() + " " + returned.getReplyText()));
        opened.addConfirmListener(new ConfirmListener() {
            @Override
            public void handleAck(long number, boolean multiple) {
                confirmed(number, multiple).clear();
            }

            @Override
            public void handleNack(long number, boolean multiple) {
                NavigableMap<Long, OutboxEvent> lost = confirmed(number, multiple);
                lost.values().forEach(event -> refused.put(event.id(), "the broker could not keep it"));
                lost.clear();
            }
        });
        channel = opened;
        return opened;
    }

    private NavigableMap<Long, OutboxEvent> confirmed(long number, boolean multiple) {
        return multiple ? unconfirmed.headMap(number, true) : unconfirmed.subMap(number, true, number, true);
    }

    private static AMQP.BasicProperties properties(OutboxEvent event) {
        Map<String, Object> headers = new TreeMap<>();
        CloudEventFields.of(event).forEach((name, value) -> headers.put("cloudEvents_" + name, value));
        return new AMQP.BasicProperties.Builder()
                .messageId(event.id())
                .type(event.type())
                .timestamp(Date.from(event.time()))
                .contentType("application/json")
                .deliveryMode(PERSISTENT)
                .headers(headers)
                .build();
    }
}
