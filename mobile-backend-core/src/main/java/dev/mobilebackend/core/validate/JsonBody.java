// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.validate;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.MediaType;
import dev.mobilebackend.core.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON (RFC 8259) to records and back, strictly: a property that the record doesn't have, one that is given twice, one
 * that is missing and another type than the component's are each named in the refusal, all of them at once. A component
 * marked {@code @Nullable} may be missing or null. What a value has to be beyond its type is said by the record's
 * constructor, which refuses by throwing a {@code ProblemException}.
 *
 * <pre>{@code
 * record PlaceOrder(String productId, int quantity, @Nullable String note) {}
 *
 * var order = JsonBody.read(exchange, PlaceOrder.class);
 * exchange.send(Answer.json(201, JsonBody.write(order)));
 * }</pre>
 *
 * Components are {@code String}, {@code char[]} for secrets, {@code boolean}, {@code int}, {@code long},
 * {@code double},
 * {@code Instant}, {@code LocalDate}, {@code Duration}, {@code UUID}, enums, other records, lists of these, and
 * {@link Patch} of these, which tells a missing field from one that is null. A record that is not public must stand in
 * a package that is open to {@code dev.mobilebackend.core}.
 *
 * <p>Nesting is bound to 50 levels, a number to 100 digits, a property's name to 200 characters and a string to 2^20.
 */
public final class JsonBody {

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(50)
                    .maxNumberLength(100)
                    .maxNameLength(200)
                    .maxStringLength(1 << 20)
                    .build())
            .build();

    private JsonBody() {}

    /**
     * The request's body as a record.
     *
     * @throws dev.mobilebackend.core.problem.ProblemException 415 for another media type than JSON, 400 for what is not
     *     JSON, 422 with every faulty field for what is not this record
     */
    public static <T extends Record> T read(Exchange exchange, Class<T> type) {
        requireJson(exchange.header("Content-Type"));
        return read(exchange.body(), type);
    }

    /** {@link #read(Exchange, Class)} for bytes that have been read. */
    public static <T extends Record> T read(byte[] json, Class<T> type) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8(json))) {
            return new RecordReader(parser).readAll(type);
        }
    }

    /**
     * Records, lists, maps with string keys and the values that components may have, in UTF-8. Components keep their
     * order, and null is written as null.
     */
    public static byte[] write(Object value) {
        var out = new ByteArrayOutputStream(256);
        try (JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            new RecordWriter(generator).write(value);
        }
        return out.toByteArray();
    }

    /** Decoded here, since the parser would guess at other encodings. */
    private static String utf8(byte[] json) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException otherEncoding) {
            throw Problem.MALFORMED_REQUEST.detail("the body is not UTF-8").exception();
        }
    }

    private static void requireJson(@Nullable String contentType) {
        if (contentType == null || !isJsonInUtf8(contentType)) {
            throw Problem.UNSUPPORTED_MEDIA_TYPE
                    .detail("send JSON in UTF-8 with Content-Type: application/json")
                    .error("header:Content-Type", "must be application/json")
                    .exception();
        }
    }

    /** A media type (RFC 9110 section 8.3.1) of JSON, whose charset is UTF-8 where it names one. */
    static boolean isJsonInUtf8(String contentType) {
        String type = MediaType.of(contentType);
        int end = contentType.indexOf(';');
        boolean json = type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"));
        while (json && end >= 0) {
            int start = end + 1;
            end = contentType.indexOf(';', start);
            json = isUtf8OrNoCharset(contentType.substring(start, end < 0 ? contentType.length() : end));
        }
        return json;
    }

    /** Whether a parameter is another one than charset, or says UTF-8. */
    private static boolean isUtf8OrNoCharset(String parameter) {
        int equals = parameter.indexOf('=');
        if (equals < 0 || !parameter.substring(0, equals).strip().equalsIgnoreCase("charset")) {
            return true;
        }
        String value = parameter.substring(equals + 1).strip();
        return value.equalsIgnoreCase("utf-8") || value.equalsIgnoreCase("\"utf-8\"");
    }
}
