// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a client calls one intended effect, from {@code Idempotency-Key} (draft-ietf-httpapi-idempotency-key-header).
 *
 * @param value 1 to 255 visible ASCII characters
 */
public record IdempotencyKey(String value) {

    static final String HEADER = "Idempotency-Key";

    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Problem MISSING =
            Problem.of(400, "idempotency-key-missing", "This request needs an Idempotency-Key.");
    private static final Problem MALFORMED =
            Problem.of(400, "idempotency-key-malformed", "The Idempotency-Key could not be read.");

    /** The key of a request; refuses with 400 where there is none or it is malformed. */
    public static IdempotencyKey of(Exchange exchange) {
        String header = exchange.header(HEADER);
        if (header == null) {
            throw MISSING.detail("send Idempotency-Key with a new UUID, and the same one again when you retry")
                    .error("header:" + HEADER, "1 to 255 visible ASCII characters")
                    .exception();
        }
        if (Set.copyOf(exchange.headers(HEADER)).size() > 1) {
            throw malformed("send one Idempotency-Key, not several");
        }
        return parse(header);
    }

    /** Reads the draft's quoted String and the bare token that many clients send. */
    static IdempotencyKey parse(String header) {
        String text = header.strip();
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        String value = quoted ? text.substring(1, text.length() - 1) : text;
        if (!VISIBLE.matcher(value).matches() || value.indexOf('"') >= 0 || value.indexOf('\\') >= 0) {
            throw malformed("the Idempotency-Key must be 1 to 255 visible ASCII characters without quotes inside");
        }
        return new IdempotencyKey(value);
    }

    private static RuntimeException malformed(String detail) {
        return MALFORMED
                .detail(detail)
                .error("header:" + HEADER, "1 to 255 visible ASCII characters")
                .exception();
    }

    /**
     * What an answer is stored under: SHA-256 of who asked, for what, and the key. Keys of different accounts or routes
     * never meet.
     */
    public byte[] scope(Exchange exchange) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {
                exchange.caller().accountId(), exchange.facts().method(), exchange.template(), value
            }) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError("every JDK has SHA-256", missing);
        }
    }
}
