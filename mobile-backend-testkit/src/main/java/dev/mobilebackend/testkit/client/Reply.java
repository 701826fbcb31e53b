// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What the application answered, whole.
 *
 * @param status HTTP status
 * @param headers response fields; names in any case
 * @param body the bytes as they came
 */
@SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString below look at the bytes
public record Reply(int status, Map<String, List<String>> headers, byte[] body) {

    public Reply {
        var anyCase = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = Collections.unmodifiableMap(anyCase);
    }

    /** The first value of a response field. */
    public Optional<String> header(String name) {
        return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /**
     * The body as JSON.
     *
     * @throws IllegalStateException if it is none; the message shows the whole reply
     */
    public JsonNode json() {
        try {
            return Json.MAPPER.readTree(body);
        } catch (JacksonException notJson) {
            throw new IllegalStateException("the body must be JSON, was " + this, notJson);
        }
    }

    /** The body read as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Equal by content: same status, fields and bytes. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Reply that
                && status == that.status
                && headers.equals(that.headers)
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * status + headers.hashCode()) + Arrays.hashCode(body);
    }

    /** Shown when an assertion fails, so it has the body, and the tokens in it if it has any. */
    @Override
    public String toString() {
        return status + " " + headers + " " + text();
    }
}
