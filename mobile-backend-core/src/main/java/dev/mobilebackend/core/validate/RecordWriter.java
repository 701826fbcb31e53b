// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.validate;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes what {@link RecordReader} reads, and maps. */
final class RecordWriter {

    private final JsonGenerator json;

    RecordWriter(JsonGenerator json) {
        this.json = json;
    }

    void write(@Nullable Object value) {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Record record) {
            json.writeStartObject();
            RecordShape shape = RecordShape.of(record.getClass());
            for (RecordShape.Component component : shape.components()) {
                json.writeName(component.name());
                write(shape.value(component, record));
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            list.forEach(this::write);
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            map.forEach((name, held) -> {
                json.writeName((String) name);
                write(held);
            });
            json.writeEndObject();
        } else if (value instanceof Integer || value instanceof Long) {
            json.writeNumber(((Number) value).longValue());
        } else if (value instanceof Double number && Double.isFinite(number)) {
            json.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof String
                || value instanceof Instant
                || value instanceof LocalDate
                || value instanceof Duration
                || value instanceof UUID) {
            json.writeString(value.toString());
        } else if (value instanceof Enum<?> constant) {
            json.writeString(constant.name());
        } else {
            throw new IllegalArgumentException("cannot write a "
                    + value.getClass().getName() + " as JSON: see JsonBody for the types that it can be");
        }
    }
}
