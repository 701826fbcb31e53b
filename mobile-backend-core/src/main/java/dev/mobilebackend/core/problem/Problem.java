// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One refusal as a client sees it: problem details by RFC 9457. Immutable; the constants are the kinds that the edge
 * itself answers with, and a room that refuses for a reason of its own keeps its constants there.
 *
 * <pre>{@code
 * throw Problem.NOT_FOUND.detail("no order " + id).exception();
 * }</pre>
 *
 * @param type stable identifier of the kind of problem
 * @param code last word of the type, for clients that switch on it
 * @param status HTTP status, 400 to 599
 * @param title the kind in one sentence, always the same for one type but for its language
 * @param detail what was wrong this time and the way out; never anything internal
 * @param errors every faulty field, empty where no field is to blame
 * @param headers response fields that go with it, such as {@code Retry-After}
 * @param extensions further members; values are strings, numbers, booleans or lists of strings
 */
public record Problem(
        URI type,
        String code,
        int status,
        String title,
        @Nullable String detail,
        List<FieldError> errors,
        Map<String, String> headers,
        Map<String, Object> extensions) {

    private static final String TYPES = "https://mobilebackend.dev/problems/";

    public static final Problem MALFORMED_REQUEST = of(400, "malformed-request", "The request could not be read.");
    /** The client went away, said that there was more than it sent, or sent chunks that are none. */
    public static final Problem INCOMPLETE_BODY =
            MALFORMED_REQUEST.detail("the body ended before it was complete, or its chunks are malformed");

    /** Containers, routers and proxies disagree on such paths. */
    public static final Problem AMBIGUOUS_PATH = MALFORMED_REQUEST.detail("the path can be read in more than one way");

    public static final Problem INVALID_INPUT =
            of(422, "invalid-input", "The request has values that are not accepted.");
    public static final Problem UNAUTHENTICATED =
            of(401, "unauthenticated", "A valid access token is needed.").header("WWW-Authenticate", "Bearer");
    public static final Problem FORBIDDEN = of(403, "forbidden", "The caller may not do this.");
    public static final Problem PLAIN_HTTP = of(403, "plain-http", "This service answers over HTTPS only.");
    public static final Problem NOT_FOUND = of(404, "not-found", "There is nothing here.");
    public static final Problem METHOD_NOT_ALLOWED = of(405, "method-not-allowed", "This method is not allowed here.");
    public static final Problem NOT_ACCEPTABLE = of(406, "not-acceptable", "No acceptable form of the answer exists.");
    public static final Problem REQUEST_TIMEOUT = of(408, "request-timeout", "The request came in too slowly.");
    public static final Problem CONFLICT = of(409, "conflict", "The request conflicts with the current state.");
    public static final Problem LENGTH_REQUIRED = of(411, "length-required", "This request needs a Content-Length.");
    public static final Problem BODY_TOO_LARGE = of(413, "body-too-large", "The body is larger than accepted here.");
    public static final Problem URI_TOO_LONG = of(414, "uri-too-long", "The address is longer than accepted here.");
    public static final Problem UNSUPPORTED_MEDIA_TYPE =
            of(415, "unsupported-media-type", "The body's media type is not accepted here.");
    public static final Problem HEADERS_TOO_LARGE =
            of(431, "headers-too-large", "The header fields are larger than accepted here.");
    public static final Problem INTERNAL_ERROR = of(500, "internal-error", "Something went wrong on our side.");
    public static final Problem UNAVAILABLE = of(503, "unavailable", "The service can't answer right now.");

    public Problem {
        requireNonNull(type, "type must not be null");
        requireNonNull(code, "code must not be null");
        requireNonNull(title, "title must not be null");
        requireNonNull(errors, "errors must not be null: where no field is to blame it is List.of()");
        requireNonNull(headers, "headers must not be null: without any it is Map.of()");
        requireNonNull(extensions, "extensions must not be null: without any it is Map.of()");
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status must be 400 to 599, was " + status);
        }
        errors = List.copyOf(errors);
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        headers.forEach(HeaderField::check);
        extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
    }

    /**
     * A kind of problem under this library's own type URIs.
     *
     * @param code lower-case words with hyphens between them, such as {@code sold-out}
     */
    public static Problem of(int status, String code, String title) {
        requireNonNull(code, "code must not be null: it is the last word of the type, such as sold-out");
        if (!code.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException(
                    "code must be lower-case letters, digits and single hyphens, such as sold-out, was '" + code + "'");
        }
        return of(URI.create(TYPES + code), status, code, title);
    }

    /** A kind of problem whose type is defined elsewhere, in a registry or by the application. */
    public static Problem of(URI type, int status, String code, String title) {
        return new Problem(type, code, status, title, null, List.of(), Map.of(), Map.of());
    }

    /**
     * The kind that a bare status stands for, as a container or a framework gives it. What is no error status is a
     * failure of ours: somebody meant to refuse and did not say how.
     */
    public static Problem ofStatus(int status) {
        return switch (status) {
            case 400 -> MALFORMED_REQUEST;
            case 401 -> UNAUTHENTICATED;
            case 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 408 -> REQUEST_TIMEOUT;
            case 409 -> CONFLICT;
            case 411 -> LENGTH_REQUIRED;
            case 413 -> BODY_TOO_LARGE;
            case 414 -> URI_TOO_LONG;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            case 422 -> INVALID_INPUT;
            case 431 -> HEADERS_TOO_LARGE;
            case 500 -> INTERNAL_ERROR;
            case 503 -> UNAVAILABLE;
            default ->
                status < 400 || status > 599
                        ? INTERNAL_ERROR
                        : of(status, "http-" + status, "The request was refused with status " + status + ".");
        };
    }

    public Problem detail(String text) {
        requireNonNull(text, "detail must not be null: leave it out where there is none");
        return new Problem(type, code, status, title, text, errors, headers, extensions);
    }

    /** This problem with one more faulty field; see {@link FieldError} for the forms of the pointer. */
    public Problem error(String pointer, String expected) {
        var all = new ArrayList<>(errors);
        all.add(new FieldError(pointer, expected));
        return new Problem(type, code, status, title, detail, all, headers, extensions);
    }

    public Problem header(String name, String value) {
        return new Problem(type, code, status, title, detail, errors, with(headers, name, value), extensions);
    }

    /** This problem with a {@code Retry-After} (RFC 9110 section 10.2.3), in whole seconds, rounded up. */
    public Problem retryAfter(Duration wait) {
        requireNonNull(wait, "wait must not be null: leave it out where nobody knows");
        long seconds = wait.plusNanos(999_999_999).toSeconds();
        return header("Retry-After", Long.toString(Math.max(1, seconds)));
    }

    public Problem with(String member, Object value) {
        requireNonNull(member, "the name of a member must not be null");
        requireNonNull(value, "the value of a member must not be null: leave the member out");
        return new Problem(type, code, status, title, detail, errors, headers, with(extensions, member, value));
    }

    /** This problem in other words. */
    Problem worded(String otherTitle, @Nullable String otherDetail, List<FieldError> otherErrors) {
        return new Problem(type, code, status, otherTitle, otherDetail, otherErrors, headers, extensions);
    }

    /** What to throw: the exception travels straight to the one writer of error bodies. */
    public ProblemException exception() {
        return new ProblemException(this);
    }

    private static <V> Map<String, V> with(Map<String, V> map, String name, V value) {
        var copy = new LinkedHashMap<>(map);
        copy.put(name, value);
        return copy;
    }
}
