// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.outbox;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event on its way into the outbox.
 *
 * <pre>{@code
 * outbox.publish(handle, NewEvent.of("orders", new OrderPlaced(order.id(), order.total())).subject(order.id()));
 * }</pre>
 *
 * @param topic where it goes: a topic, an exchange or a queue of the broker
 * @param type a stable name
 * @param version of that type
 * @param subject what it is about, whose events keep their order; null where the order means nothing
 * @param headers what travels beside the data
 * @param data JSON; not part of {@link #toString}
 */
public record NewEvent(
        String topic, String type, int version, @Nullable String subject, Map<String, String> headers, String data) {

    /** Brokers take a megabyte by default, and an event names what is large rather than to carry it. */
    public static final int LONGEST_DATA = 262_144;

    private static final int LONGEST_HEADERS = 4_096;
    private static final Pattern TYPE = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,200}");
    private static final Pattern HEADER = Pattern.compile("[a-z0-9]{1,64}");
    private static final Pattern SUBJECT = Pattern.compile("[^\\p{Cntrl}]{1,200}");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public NewEvent {
        require(TYPE, "type", type, "up to 64 lower case letters, digits, dots and hyphens");
        require(TOPIC, "topic", topic, "up to 200 letters, digits, dots, underscores and hyphens");
        if (subject != null) {
            require(SUBJECT, "subject", subject, "1 to 200 characters without control characters");
        }
        if (version < 1) {
            throw new IllegalArgumentException("version must be at least 1, was " + version);
        }
        headers = Map.copyOf(headers);
        headers.keySet().forEach(name -> require(HEADER, "header", name, "up to 64 lower case letters and digits"));
        int length = headers.entrySet().stream()
                .mapToInt(header -> header.getKey().length() + header.getValue().length())
                .sum();
        if (length > LONGEST_HEADERS) {
            throw new IllegalArgumentException("the headers of a " + type + " event must have at most "
                    + LONGEST_HEADERS + " characters, had " + length);
        }
        if (data.length() > LONGEST_DATA) {
            throw new IllegalArgumentException("the data of a " + type + " event must have at most " + LONGEST_DATA
                    + " characters, had " + data.length() + ": store what is large and name it in the event");
        }
    }

    /**
     * An event of a record.
     *
     * @throws IllegalArgumentException if the record carries no {@link EventType} or cannot be written as JSON
     */
    public static NewEvent of(String topic, Record event) {
        Class<? extends Record> record = event.getClass();
        EventType type = record.getAnnotation(EventType.class);
        if (type == null) {
            throw new IllegalArgumentException(
                    record.getName() + " must carry @EventType(\"...\"), the name that it goes out under");
        }
        try {
            return new NewEvent(topic, type.value(), type.version(), null, Map.of(), JSON.writeValueAsString(event));
        } catch (JacksonException unwritable) {
            throw new IllegalArgumentException(
                    record.getName() + " could not be written as JSON: " + unwritable.getOriginalMessage(), unwritable);
        }
    }

    /** What it is about: events of the same topic and subject are sent in the order of their commits. */
    public NewEvent subject(String about) {
        return new NewEvent(
                topic, type, version, requireNonNull(about, "leave the subject out instead of null"), headers, data);
    }

    /** Such as {@code traceparent}, by which CloudEvents carry a trace. */
    public NewEvent header(String name, String value) {
        var all = new TreeMap<>(headers);
        all.put(name, value);
        return new NewEvent(topic, type, version, subject, all, data);
    }

    private static void require(Pattern pattern, String what, String text, String expected) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(what + " must be " + expected + ", was \"" + text + "\"");
        }
    }

    @Override
    public String toString() {
        return "NewEvent[topic=" + topic + ", type=" + type + ", version=" + version + "]";
    }
}
