// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event that is to be sent. The names are those of CloudEvents 1.0 (section "Required Attributes") where it has one.
 *
 * @param id never given to another event: a UUID of version 7 (RFC 9562 section 5.7)
 * @param source which application it is from
 * @param type the name of its {@link EventType}
 * @param version of that type
 * @param subject what it is about; events of one topic and subject go out in the order of their commits
 * @param time when it was published
 * @param topic where it goes
 * @param headers what travels beside the data, such as {@code traceparent}
 * @param data its record as JSON; not part of {@link #toString}
 */
public record OutboxEvent(
        String id,
        String source,
        String type,
        int version,
        @Nullable String subject,
        Instant time,
        String topic,
        Map<String, String> headers,
        String data) {

    public OutboxEvent {
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return "OutboxEvent[id=" + id + ", type=" + type + ", version=" + version + ", topic=" + topic + "]";
    }
}
