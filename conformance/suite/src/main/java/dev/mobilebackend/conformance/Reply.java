// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An answer as it came over the wire.
 *
 * @param status 0 where the connection ended before a status line
 * @param fields the header fields, in order
 * @param body the body without its framing, as far as it came
 * @param whole whether the framing says that nothing is missing
 */
@SuppressWarnings("ArrayRecordComponent") // two are never compared
record Reply(int status, List<Field> fields, byte[] body, boolean whole) {

    record Field(String name, String value) {}

    static final Reply NOTHING = new Reply(0, List.of(), new byte[0], false);

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    List<String> all(String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** The one value of a field, or what says that there is none or more than one. */
    String field(String name) {
        List<String> values = all(name);
        return values.size() == 1 ? values.get(0) : values.isEmpty() ? "(no " + name + ")" : values.toString();
    }

    @Override
    public String toString() {
        String shown = body.length > 600 ? text().substring(0, 600) + "..." : text();
        return status + (whole ? "" : " (broken off)") + " " + fields + "\n" + shown;
    }
}
