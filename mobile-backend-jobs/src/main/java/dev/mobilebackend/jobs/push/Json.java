// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** What platforms are told and answer. */
final class Json {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_]{1,64}");

    private Json() {}

    static byte[] write(Map<String, ?> object) {
        return JSON.writeValueAsBytes(object);
    }

    /** Nothing where it is no JSON: what stands in front of a platform may answer in its place. */
    static JsonNode read(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException unreadable) {
            return MissingNode.getInstance();
        }
    }

    /** A word of the platform's, or nothing where it is longer or other than a word: it goes into logs. */
    static String word(JsonNode node) {
        String text = node.asString("");
        return WORD.matcher(text).matches() ? text : "";
    }
}
