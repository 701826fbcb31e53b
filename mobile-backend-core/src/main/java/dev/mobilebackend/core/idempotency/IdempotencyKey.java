// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client calls one intended effect, from {@code Idempotency-Key} (draft-ietf-httpapi-idempotency-key-header).
 *
 * @param value 1 to 255 printable ASCII characters
 */
public record IdempotencyKey(String value) {

    static final String HEADER = "Idempotency-Key";

    private static final int LONGEST = 255;
    private static final String EXPECTED = "1 to 255 visible ASCII characters, bare or as a quoted string";
    private static final Problem MISSING =
            Problem.of(400, "idempotency-key-missing", "This request needs an Idempotency-Key.");
    private static final Problem MALFORMED =
            Problem.of(400, "idempotency-key-malformed", "The Idempotency-Key could not be read.");

    /** The key of a request; refuses with 400 where there is none or it is malformed. */
    public static IdempotencyKey of(Exchange exchange) {
        String header = exchange.header(HEADER);
        if (header == null) {
            throw missing(exchange);
        }
        List<String> lines = exchange.headers(HEADER);
        for (int i = 1; i < lines.size(); i++) {
            if (!lines.get(i).equals(header)) {
                throw malformed("send one Idempotency-Key, not several");
            }
        }
        return parse(header);
    }

    /** Reads the draft's String (RFC 8941 section 3.3.3) and the bare token that many clients send. */
    static IdempotencyKey parse(String header) {
        String text = header.strip();
        String value = text.startsWith("\"") ? unquoted(text) : bare(text);
        if (value == null || value.isEmpty() || value.length() > LONGEST) {
            throw malformed("the Idempotency-Key must be " + EXPECTED);
        }
        return new IdempotencyKey(value);
    }

    private static @Nullable String unquoted(String text) {
        var value = new StringBuilder(text.length());
        int end = text.length() - 1;
        for (int i = 1; i < end; i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                c = text.charAt(++i);
                if (i == end || (c != '"' && c != '\\')) {
                    return null;
                }
            } else if (c == '"' || c < ' ' || c > '~') {
                return null;
            }
            value.append(c);
        }
        return end > 0 && text.charAt(end) == '"' ? value.toString() : null;
    }

    private static @Nullable String bare(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~' || c == '"' || c == '\\') {
                return null;
            }
        }
        return text;
    }

    /** The draft (section 2.5) has a resource publish how long it keeps a key. */
    private static ProblemException missing(Exchange exchange) {
        Problem problem = MISSING.detail("send Idempotency-Key with a new UUID, and the same one again when you retry")
                .error("header:" + HEADER, EXPECTED);
        for (IdempotencyPolicy policy : exchange.declared(IdempotencyPolicy.class)) {
            problem = problem.with("retentionSeconds", policy.retention().toSeconds());
        }
        return problem.exception();
    }

    private static ProblemException malformed(String detail) {
        return MALFORMED.detail(detail).error("header:" + HEADER, EXPECTED).exception();
    }
}
