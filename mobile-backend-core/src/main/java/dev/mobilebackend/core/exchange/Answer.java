// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.problem.HeaderField;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer as plain data: status, fields and bytes. It can be stored and sent again byte for byte, so it is what
 * idempotent handlers return.
 *
 * @param status HTTP status, 200 to 599
 * @param headers response fields in the order they are sent, such as HTTP allows them
 * @param body the bytes of the body; not copied, so nobody may write to it
 */
@SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString below look at the bytes
public record Answer(int status, Map<String, String> headers, byte[] body) {

    private static final byte[] NOTHING = {};
    private static final String NO_BODY = "body must not be null: an answer without one is Answer.of(status)";

    public Answer {
        requireNonNull(headers, "headers must not be null: an answer without any has Map.of()");
        requireNonNull(body, NO_BODY);
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status must be 200 to 599, was " + status);
        }
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        headers.forEach(HeaderField::check);
    }

    public static Answer of(int status) {
        return new Answer(status, Map.of(), NOTHING);
    }

    /** JSON bytes under a status. */
    public static Answer json(int status, byte[] json) {
        return new Answer(status, Map.of("Content-Type", "application/json"), json);
    }

    public static Answer json(int status, String json) {
        return json(status, requireNonNull(json, NO_BODY).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A refusal as an answer, so that it can be stored: whoever is sent it, or is sent it again, gets this problem in
     * their own language and with their own request's id.
     */
    public static Answer problem(Problem refusal) {
        requireNonNull(refusal, "refusal must not be null: such as Problem.CONFLICT");
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", ProblemWriter.MEDIA_TYPE);
        headers.putAll(refusal.headers());
        return new Answer(refusal.status(), headers, ProblemWriter.body(refusal, null));
    }

    /** The value of a field, whose name is the same in any case; null where the answer has none. */
    public @Nullable String header(String name) {
        for (Map.Entry<String, String> field : headers.entrySet()) {
            if (field.getKey().equalsIgnoreCase(name)) {
                return field.getValue();
            }
        }
        return null;
    }

    /** This answer with one more field, or another value for it. */
    public Answer header(String name, String value) {
        var copy = new LinkedHashMap<>(headers);
        copy.keySet().removeIf(known -> known.equalsIgnoreCase(name));
        copy.put(name, value);
        return new Answer(status, copy, body);
    }

    /** Equal by content: same status, fields and bytes. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Answer that
                && status == that.status
                && headers.equals(that.headers)
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * status + headers.hashCode()) + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "Answer[" + status + ", " + headers.keySet() + ", " + body.length + " bytes]";
    }
}
