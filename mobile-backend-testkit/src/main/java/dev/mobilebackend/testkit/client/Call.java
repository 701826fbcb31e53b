// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * One request of a phone, built up and then sent. Sent twice, it carries the same {@code Idempotency-Key} twice.
 *
 * <pre>{@code
 * phone.request("PATCH", "/v1/me").header("If-Match", etag).mergePatch(Map.of("displayName", "Ada")).send();
 * }</pre>
 */
public final class Call {

    private final String method;
    private final String path;
    private final Function<Call, Reply> sender;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private byte[] body = {};
    private boolean anonymous;

    Call(String method, String path, Function<Call, Reply> sender) {
        this.method = method;
        this.path = path;
        this.sender = sender;
    }

    /** Sets a request field, in place of the phone's own if it has one of that name. */
    public Call header(String name, String value) {
        headers.keySet().removeIf(name::equalsIgnoreCase);
        headers.put(name, value);
        return this;
    }

    /** A body of JSON: text is sent as it stands, anything else is mapped by Jackson. */
    public Call json(Object value) {
        return body("application/json", Json.bytes(value));
    }

    /** A merge patch (RFC 7396), otherwise like {@link #json}. */
    public Call mergePatch(Object value) {
        return body("application/merge-patch+json", Json.bytes(value));
    }

    public Call body(String mediaType, byte[] bytes) {
        body = bytes;
        return header("Content-Type", mediaType);
    }

    public Call body(String mediaType, String text) {
        return body(mediaType, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends no access token, though the phone may have one. */
    public Call anonymous() {
        anonymous = true;
        return this;
    }

    /**
     * Sends it, again where the phone's policy says so, and returns the last answer.
     *
     * @throws java.io.UncheckedIOException if no attempt was answered
     */
    public Reply send() {
        return sender.apply(this);
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    Map<String, String> headers() {
        return headers;
    }

    boolean has(String header) {
        return headers.keySet().stream().anyMatch(header::equalsIgnoreCase);
    }

    byte[] body() {
        return body;
    }

    boolean isAnonymous() {
        return anonymous || has("Authorization");
    }

    /** GET and its like change nothing, so they need no key (RFC 9110 section 9.2.1). */
    boolean isSafe() {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
