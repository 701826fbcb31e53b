// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request as a client sends it, which may say anything. */
final class FakeRequest {

    private final String method;
    private final String path;
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private String servletPath = "";
    private @Nullable String query;
    private byte[] body = {};
    private Delivery delivery = Delivery.AT_ONCE;

    private FakeRequest(String method, String path) {
        this.method = method;
        this.path = path;
    }

    static FakeRequest of(String method, String path) {
        return new FakeRequest(method, path);
    }

    /** The servlet that is mapped to the beginning of the path. */
    FakeRequest servletPath(String beginning) {
        servletPath = beginning;
        return this;
    }

    FakeRequest query(String text) {
        query = text;
        return this;
    }

    /** The field with this one line. */
    FakeRequest header(String name, String value) {
        headers.remove(name);
        return line(name, value);
    }

    /** One more line of the field. */
    FakeRequest line(String name, String value) {
        headers.computeIfAbsent(name, absent -> new ArrayList<>()).add(value);
        return this;
    }

    FakeRequest body(String contentType, byte[] bytes) {
        body = bytes;
        return header("Content-Type", contentType);
    }

    FakeRequest delivery(Delivery how) {
        delivery = how;
        return this;
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    String servletPath() {
        return servletPath;
    }

    @Nullable
    String query() {
        return query;
    }

    byte[] body() {
        return body;
    }

    Delivery delivery() {
        return delivery;
    }

    List<String> lines(String name) {
        return headers.getOrDefault(name, List.of());
    }

    Iterable<String> names() {
        return headers.keySet();
    }

    long size() {
        long size = method.length() + path.length() + body.length + (query == null ? 0 : query.length());
        for (List<String> values : headers.values()) {
            for (String value : values) {
                size += value.length();
            }
        }
        return size;
    }

    @Override
    public String toString() {
        return method + " " + path + (query == null ? "" : "?" + query) + " " + headers + " " + delivery + " "
                + new String(body, StandardCharsets.ISO_8859_1);
    }
}
