// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes error bodies; the only place that does, so every error has one shape. */
public final class ProblemWriter {

    public static final String MEDIA_TYPE = "application/problem+json";

    private static final JsonFactory JSON = new JsonFactory();

    private ProblemWriter() {}

    /** Replaces what the answer has so far, unless it is on its way already. Fields set before are kept. */
    public static void write(HttpServletResponse response, Problem problem, String requestId) throws IOException {
        byte[] body = body(problem, requestId);
        response.resetBuffer();
        response.setStatus(problem.status());
        response.setContentType(MEDIA_TYPE);
        response.setHeader("Cache-Control", "no-store");
        problem.headers().forEach(response::setHeader);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** The JSON of a problem (RFC 9457 section 3.1), with the request's id for support and logs. */
    public static byte[] body(Problem problem, String requestId) {
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
            json.writeStringProperty("requestId", requestId);
            if (!problem.errors().isEmpty()) {
                json.writeArrayPropertyStart("errors");
                for (FieldError error : problem.errors()) {
                    json.writeStartObject();
                    json.writeStringProperty("pointer", error.pointer());
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

    private static void writeValue(JsonGenerator json, Object value) {
        if (value instanceof List<?> list) {
            json.writeStartArray();
            list.forEach(item -> writeValue(json, item));
            json.writeEndArray();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString(value.toString());
        }
    }
}
