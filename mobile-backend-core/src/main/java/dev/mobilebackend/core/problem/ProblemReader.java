// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads back what {@link ProblemWriter} has written, such as a refusal that was stored. */
public final class ProblemReader {

    private static final JsonFactory JSON = new JsonFactory();

    private @Nullable URI type;
    private @Nullable String code;
    private @Nullable String title;
    private @Nullable String detail;
    private final List<FieldError> errors = new ArrayList<>();
    private final Map<String, Object> extensions = new LinkedHashMap<>();

    private ProblemReader() {}

    /**
     * A problem under a status. What its JSON does not say is taken from the kind that the status stands for; the id of
     * the request that it was first sent to is left out.
     *
     * @throws IllegalArgumentException where the bytes are no problem
     */
    public static Problem read(int status, byte[] json) {
        var reader = new ProblemReader();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("a problem must be a JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                reader.member(name, parser);
            }
        } catch (JacksonException notJson) {
            throw new IllegalArgumentException("a problem must be JSON", notJson);
        }
        return reader.problem(Problem.ofStatus(status));
    }

    private void member(String name, JsonParser parser) {
        switch (name) {
            case "type" -> type = URI.create(parser.getString());
            case "code" -> code = parser.getString();
            case "title" -> title = parser.getString();
            case "detail" -> detail = parser.getString();
            case "errors" -> errors(parser);
            case "status", "requestId" -> parser.skipChildren();
            default -> extension(name, parser);
        }
    }

    private void errors(JsonParser parser) {
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            String place = "#";
            String expected = "";
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "pointer" -> place = inTheBody(parser.getString());
                    case "header" -> place = FieldError.HEADER + parser.getString();
                    case "parameter" -> place = FieldError.QUERY + parser.getString();
                    case "detail" -> expected = parser.getString();
                    default -> parser.skipChildren();
                }
            }
            errors.add(new FieldError(place, expected));
        }
    }

    /** Others write pointers that are no fragments, or no pointers at all. */
    private static String inTheBody(String pointer) {
        if (pointer.startsWith("/")) {
            return "#" + pointer;
        }
        return pointer.startsWith("#/") ? pointer : "#";
    }

    /** What {@link Problem} has no form for is left out. */
    private void extension(String name, JsonParser parser) {
        switch (parser.currentToken()) {
            case VALUE_STRING -> extensions.put(name, parser.getString());
            case VALUE_NUMBER_INT -> extensions.put(name, parser.getLongValue());
            case VALUE_NUMBER_FLOAT -> extensions.put(name, parser.getDoubleValue());
            case VALUE_TRUE -> extensions.put(name, true);
            case VALUE_FALSE -> extensions.put(name, false);
            case START_ARRAY -> {
                var list = new ArrayList<String>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (parser.currentToken() == JsonToken.VALUE_STRING) {
                        list.add(parser.getString());
                    } else {
                        parser.skipChildren();
                    }
                }
                extensions.put(name, List.copyOf(list));
            }
            default -> parser.skipChildren();
        }
    }

    private Problem problem(Problem kind) {
        return new Problem(
                type == null ? kind.type() : type,
                code == null ? kind.code() : code,
                kind.status(),
                title == null ? kind.title() : title,
                detail,
                errors,
                Map.of(),
                extensions);
    }
}
