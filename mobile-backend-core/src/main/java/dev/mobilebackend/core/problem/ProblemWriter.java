// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes error bodies; the only place that does, so every error has one shape. */
public final class ProblemWriter {

    public static final String MEDIA_TYPE = "application/problem+json";

    private static final Logger LOG = LoggerFactory.getLogger(ProblemWriter.class);
    private static final JsonFactory JSON = new JsonFactory();

    private ProblemWriter() {}

    /**
     * Replaces what the answer has so far, unless it is on its way already. Fields set before are kept. A problem that
     * cannot be written is answered with a bare 500.
     */
    public static void write(HttpServletResponse response, Problem problem, String requestId) throws IOException {
        response.resetBuffer();
        byte[] body;
        try {
            body = body(problem, requestId);
            response.setStatus(problem.status());
            fields(problem).forEach(response::setHeader);
            if (problem.status() == 503 && !response.containsHeader("Retry-After")) {
                response.setHeader("Retry-After", "1");
            }
        } catch (RuntimeException | StackOverflowError unwritable) {
            LOG.error("the problem {} of request {} could not be written", problem.code(), requestId, unwritable);
            body = lastResort(requestId);
            response.setStatus(500);
            fields(Problem.INTERNAL_ERROR).forEach(response::setHeader);
        }
        response.addHeader("Vary", "Accept-Language");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /**
     * The response fields that go with a problem, its own among them. Beside these the answer's {@code Vary} names
     * {@code Accept-Language}, added to what it names already.
     */
    public static Map<String, String> fields(Problem problem) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("Content-Type", MEDIA_TYPE);
        fields.put("Content-Language", "en");
        fields.put("Cache-Control", "no-store");
        fields.putAll(problem.headers());
        return fields;
    }

    /** Made of constants alone, so that nothing is left that could fail. */
    private static byte[] lastResort(String requestId) {
        Problem failed = Problem.INTERNAL_ERROR;
        return ("{\"type\":\"" + failed.type() + "\",\"title\":\"" + failed.title() + "\",\"status\":500,\"code\":\""
                        + failed.code() + "\",\"requestId\":\"" + requestId + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The JSON of a problem (RFC 9457 section 3.1), with the request's id, if it has one, for support and logs. */
    public static byte[] body(Problem problem, @Nullable String requestId) {
        var out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("type", problem.type().toString());
            json.writeStringProperty("title", problem.title());
            json.writeNumberProperty("status", problem.status());
            if (problem.detail() != null) {
                json.writeStringProperty("detail", problem.detail());
            }
            json.writeStringProperty("code", problem.code());
            if (requestId != null) {
                json.writeStringProperty("requestId", requestId);
            }
            if (!problem.errors().isEmpty()) {
                json.writeArrayPropertyStart("errors");
                for (FieldError error : problem.errors()) {
                    json.writeStartObject();
                    writePlace(json, error.pointer());
                    json.writeStringProperty("detail", error.detail());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            for (Map.Entry<String, Object> extension : problem.extensions().entrySet()) {
                json.writeName(extension.getKey());
                writeValue(json, extension.getValue());
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** Only what is a JSON pointer is called one. */
    private static void writePlace(JsonGenerator json, String place) {
        if (place.startsWith(FieldError.HEADER)) {
            json.writeStringProperty("header", place.substring(FieldError.HEADER.length()));
        } else if (place.startsWith(FieldError.QUERY)) {
            json.writeStringProperty("parameter", place.substring(FieldError.QUERY.length()));
        } else {
            json.writeStringProperty("pointer", place);
        }
    }

    private static void writeValue(JsonGenerator json, Object value) {
        if (value instanceof List<?> list) {
            json.writeStartArray();
            list.forEach(item -> writeValue(json, item));
            json.writeEndArray();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Double || value instanceof Float) {
            json.writeNumber(((Number) value).doubleValue());
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString(value.toString());
        }
    }
}
