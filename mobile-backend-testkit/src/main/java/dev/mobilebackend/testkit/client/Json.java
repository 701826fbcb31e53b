// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** How this client writes and reads JSON. */
final class Json {

    static final ObjectMapper MAPPER = JsonMapper.shared();

    private Json() {}

    /** Text is taken for JSON already, right or wrong; anything else is mapped. */
    static byte[] bytes(Object value) {
        return value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : MAPPER.writeValueAsBytes(value);
    }
}
