// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.validate;

import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Reads one document into one record and goes on after a fault, so that the refusal names them all. A value that has a
 * fault is null and never reaches a constructor.
 */
final class RecordReader {

    /** With these reading ends: nobody reads more, and their number is the client's. */
    private static final int MOST_ERRORS = 20;

    private final JsonParser parser;
    private Problem faults = Problem.INVALID_INPUT;
    private int faultCount;

    RecordReader(JsonParser parser) {
        this.parser = parser;
    }

    <T extends Record> T readAll(Class<T> type) {
        Object record;
        try {
            if (parser.nextToken() == null) {
                throw malformed("the body is empty: send a JSON object");
            }
            record = record(type, "#");
            if (parser.nextToken() != null) {
                throw malformed("there is more after the end of the JSON at " + place(parser.currentTokenLocation()));
            }
        } catch (StreamConstraintsException tooMuch) {
            TokenStreamLocation place = tooMuch.getLocation();
            throw malformed("the JSON is nested deeper, or has a longer number, name or string, than is accepted, at "
                    + place(place == null ? parser.currentLocation() : place));
        } catch (JacksonException notJson) {
            throw malformed("the body is not JSON at " + place(notJson.getLocation()));
        }
        if (record == null) {
            throw faults.exception();
        }
        return type.cast(record);
    }

    private @Nullable Object value(AnnotatedType annotated, String pointer) {
        Type type = annotated.getType();
        if (type == String.class) {
            return string(pointer);
        } else if (type == char[].class) {
            return characters(pointer);
        } else if (type == boolean.class || type == Boolean.class) {
            return bool(pointer);
        } else if (type == int.class || type == Integer.class) {
            return integer(pointer);
        } else if (type == long.class || type == Long.class) {
            return longInteger(pointer);
        } else if (type == double.class || type == Double.class) {
            return number(pointer);
        } else if (type == Instant.class) {
            return formed(pointer, "must be a time such as 2026-03-01T08:00:00Z", Instant::parse);
        } else if (type == LocalDate.class) {
            return formed(pointer, "must be a date such as 2026-03-01", LocalDate::parse);
        } else if (type == Duration.class) {
            return formed(pointer, "must be a duration such as PT15M", Duration::parse);
        } else if (type == UUID.class) {
            return formed(pointer, "must be a UUID", RecordReader::uuid);
        } else if (type instanceof Class<?> constants && constants.isEnum()) {
            return constant(constants, pointer);
        } else if (type instanceof Class<?> record && record.isRecord()) {
            return record(record, pointer);
        } else if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return list(argument(annotated), pointer);
        } else if (isPatch(type)) {
            return patch(argument(annotated), pointer);
        }
        throw new IllegalStateException("a component of a JSON body cannot be a " + type.getTypeName()
                + ": see JsonBody for the types that it can be");
    }

    private @Nullable Object record(Class<?> type, String pointer) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return fault(pointer, "must be an object, was " + found());
        }
        int before = faultCount;
        RecordShape shape = RecordShape.of(type);
        @Nullable Object[] values = new Object[shape.components().size()];
        boolean[] given = new boolean[values.length];
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            String here = pointer + "/" + escaped(name);
            RecordShape.Component component = shape.component(name);
            parser.nextToken();
            if (component == null) {
                fault(here, "is not known here; known are " + shape.names());
            } else if (given[component.index()]) {
                fault(here, "is given twice");
            } else {
                given[component.index()] = true;
                boolean absent = component.nullable() && parser.currentToken() == JsonToken.VALUE_NULL;
                values[component.index()] = absent ? null : value(component.type(), here);
            }
        }
        for (RecordShape.Component component : shape.components()) {
            if (!given[component.index()] && isPatch(component.type().getType())) {
                values[component.index()] = new Patch<>(false, null);
            } else if (!given[component.index()] && !component.nullable()) {
                fault(pointer + "/" + escaped(component.name()), "is required");
            }
        }
        return faultCount == before ? shape.make(values) : null;
    }

    private static AnnotatedType argument(AnnotatedType annotated) {
        return ((AnnotatedParameterizedType) annotated).getAnnotatedActualTypeArguments()[0];
    }

    private static boolean isPatch(Type type) {
        return type instanceof ParameterizedType parameterized && parameterized.getRawType() == Patch.class;
    }

    private @Nullable Object patch(AnnotatedType element, String pointer) {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return new Patch<>(true, null);
        }
        Object value = value(element, pointer);
        return value == null ? null : new Patch<>(true, value);
    }

    private @Nullable Object list(AnnotatedType element, String pointer) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return fault(pointer, "must be an array, was " + found());
        }
        var elements = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            boolean absent = parser.currentToken() == JsonToken.VALUE_NULL && RecordShape.isNullable(element);
            elements.add(absent ? null : value(element, pointer + "/" + elements.size()));
        }
        return Collections.unmodifiableList(elements);
    }

    private @Nullable Object string(String pointer) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            return fault(pointer, "must be a string, was " + found());
        }
        String text = parser.getString();
        // PostgreSQL keeps no U+0000, and UTF-8 has no surrogates: both would fail later and worse.
        if (text.indexOf('\0') >= 0) {
            return fault(pointer, "must not contain U+0000");
        }
        if (hasHalfSurrogate(text)) {
            return fault(pointer, "must be well-formed Unicode, had half a surrogate pair");
        }
        return text;
    }

    private static boolean hasHalfSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
                if (!pair) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private @Nullable Object characters(String pointer) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            return fault(pointer, "must be a string, was " + found());
        }
        int from = parser.getStringOffset();
        return Arrays.copyOfRange(parser.getStringCharacters(), from, from + parser.getStringLength());
    }

    private @Nullable Object bool(String pointer) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> fault(pointer, "must be true or false, was " + found());
        };
    }

    private @Nullable Object integer(String pointer) {
        boolean fits = parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() == NumberType.INT;
        return fits
                ? Integer.valueOf(parser.getIntValue())
                : fault(pointer, "must be a whole number from -2^31 to 2^31-1, was " + found());
    }

    private @Nullable Object longInteger(String pointer) {
        boolean fits =
                parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != NumberType.BIG_INTEGER;
        return fits
                ? Long.valueOf(parser.getLongValue())
                : fault(pointer, "must be a whole number from -2^63 to 2^63-1, was " + found());
    }

    private @Nullable Object number(String pointer) {
        boolean numeric = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                || parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT;
        if (numeric && Double.isFinite(parser.getDoubleValue())) {
            return parser.getDoubleValue();
        }
        return fault(pointer, "must be a number of double precision, was " + found());
    }

    /** What stands in a string and has a form of its own; the parser throws for what has not. */
    private @Nullable Object formed(String pointer, String expected, Function<String, Object> form) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            return fault(pointer, expected + ", was " + found());
        }
        try {
            return form.apply(parser.getString());
        } catch (DateTimeException | IllegalArgumentException another) {
            return fault(pointer, expected);
        }
    }

    /** The JDK would take a UUID with digits left out, too (RFC 9562 section 4). */
    private static UUID uuid(String text) {
        UUID uuid = UUID.fromString(text);
        if (!uuid.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("digits are missing");
        }
        return uuid;
    }

    private @Nullable Object constant(Class<?> type, String pointer) {
        String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getString() : "";
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(text)) {
                return constant;
            }
        }
        String names = Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .collect(Collectors.joining(", "));
        return fault(pointer, "must be one of " + names);
    }

    /** Notes a fault and passes over the value; gives null in its place. */
    private @Nullable Object fault(String pointer, String expected) {
        faults = faults.error(pointer, expected);
        if (++faultCount == MOST_ERRORS) {
            throw faults.exception();
        }
        parser.skipChildren();
        return null;
    }

    private String found() {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + shortened(parser.getString());
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            default -> "null";
        };
    }

    private static String shortened(String text) {
        return text.length() <= 24 ? text : text.substring(0, 24) + "...";
    }

    /** RFC 6901 sections 3 and 6. */
    private static String escaped(String name) {
        if (isPlain(name)) {
            return name;
        }
        String token = name.replace("~", "~0").replace("/", "~1");
        return URLEncoder.encode(token, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%7E", "~");
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_') {
                return false;
            }
        }
        return true;
    }

    private static String place(@Nullable TokenStreamLocation location) {
        return location == null ? "its end" : "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static ProblemException malformed(String detail) {
        return Problem.MALFORMED_REQUEST.detail(detail).exception();
    }
}
