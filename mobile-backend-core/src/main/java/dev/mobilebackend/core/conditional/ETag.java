// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.conditional;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.digest.Sha256;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A strong validator of one state of a resource (RFC 9110 section 8.8.3).
 *
 * @param text the opaque part, without quotes
 */
public record ETag(String text) {

    private static final Problem PRECONDITION_REQUIRED =
            Problem.of(428, "precondition-required", "Say which state you are changing.");
    private static final Problem PRECONDITION_FAILED =
            Problem.of(412, "precondition-failed", "The resource has changed since you read it.");

    private static final Pattern OPAQUE = Pattern.compile("[\\x21\\x23-\\x7e]{1,200}");
    private static final Pattern ENTITY_TAG =
            Pattern.compile("\\G\\s*(W/)?\"([\\x21\\x23-\\x7e\\x80-\\xff]*)\"\\s*(?:,|$)");

    public ETag {
        requireNonNull(text, "text must not be null");
        if (!OPAQUE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "an entity tag must be 1 to 200 visible characters without a quote, was '" + text + "'");
        }
    }

    /** The validator of some bytes: the first 128 bits of their SHA-256. */
    public static ETag of(byte[] representation) {
        requireNonNull(representation, "representation must not be null");
        byte[] hash = Sha256.of(representation);
        return new ETag(Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, 16)));
    }

    /** The validator of a row that counts its changes. */
    public static ETag ofVersion(long version) {
        return new ETag(Long.toString(version));
    }

    /**
     * The answer to a GET: itself with this validator, or 304 without a body where the client has this state already
     * (RFC 9110 sections 13.1.2 and 15.4.5). Fields that a 304 must repeat are kept.
     */
    public Answer onRead(Exchange exchange, Answer answer) {
        requireNonNull(exchange, "exchange must not be null");
        requireNonNull(answer, "answer must not be null");
        Answer tagged = answer.header("ETag", toString());
        String known = list(exchange, "If-None-Match");
        if (known == null || !matches(known, Comparison.WEAK)) {
            return tagged;
        }
        Answer notModified = Answer.of(304);
        for (String name : List.of("ETag", "Cache-Control", "Content-Location", "Expires", "Vary")) {
            String value = tagged.header(name);
            if (value != null) {
                notModified = notModified.header(name, value);
            }
        }
        return notModified;
    }

    /**
     * Lets a change through only if the client has seen this state (RFC 9110 section 13.1.1): without {@code If-Match}
     * it is refused with 428 (RFC 6585), with another state's with 412.
     */
    public void requireOnChange(Exchange exchange) {
        String expected = list(exchange, "If-Match");
        if (expected == null) {
            throw PRECONDITION_REQUIRED
                    .detail("send If-Match with the ETag of the state that you read")
                    .error("header:If-Match", "the ETag of the state that you read")
                    .exception();
        }
        if (!matches(expected, Comparison.STRONG)) {
            throw changed();
        }
    }

    /** A list may come in several lines (RFC 9110 section 5.3). */
    private static @Nullable String list(Exchange exchange, String field) {
        List<String> lines = exchange.headers(field);
        return lines.isEmpty() ? null : String.join(",", lines);
    }

    /** The refusal for a change that lost against another one after its precondition was checked. */
    public static RuntimeException changed() {
        return PRECONDITION_FAILED
                .detail("read it again, then send If-Match with the new ETag")
                .error("header:If-Match", "the ETag of the current state")
                .exception();
    }

    @Override
    public String toString() {
        return '"' + text + '"';
    }

    private enum Comparison {
        STRONG,
        WEAK
    }

    /** Whether a list of entity tags, or {@code *}, has this one; a malformed list has none. */
    private boolean matches(String list, Comparison comparison) {
        if (list.strip().equals("*")) {
            return true;
        }
        var found = new ArrayList<String>();
        Matcher tags = ENTITY_TAG.matcher(list);
        int end = 0;
        while (end < list.length() && tags.find()) {
            boolean weak = tags.group(1) != null;
            if (!weak || comparison == Comparison.WEAK) {
                found.add(tags.group(2));
            }
            end = tags.end();
        }
        return end == list.length() && found.contains(text);
    }
}
