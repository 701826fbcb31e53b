// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request as a container would hand it over, which may say anything. */
final class FakeRequest {

    private final String method;
    private final String path;
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Map<String, Object> attributes = new HashMap<>();
    private @Nullable String query;
    private String peer = "192.0.2.7";
    private byte[] body = {};

    private FakeRequest(String method, String path) {
        this.method = method;
        this.path = path;
    }

    static FakeRequest of(String method, String path) {
        return new FakeRequest(method, path);
    }

    FakeRequest query(String text) {
        query = text;
        return this;
    }

    FakeRequest peer(String address) {
        peer = address;
        return this;
    }

    FakeRequest header(String name, String value) {
        headers.computeIfAbsent(name, absent -> new ArrayList<>()).add(value);
        return this;
    }

    FakeRequest body(String contentType, byte[] bytes) {
        body = bytes;
        return header("Content-Type", contentType);
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

    HttpServletRequest asServlet() {
        return (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, called, arguments) -> answer(called.getName(), arguments == null ? new Object[0] : arguments));
    }

    private @Nullable Object answer(String question, Object[] about) {
        return switch (question) {
            case "getDispatcherType" -> DispatcherType.REQUEST;
            case "getMethod" -> method;
            case "getProtocol" -> "HTTP/1.1";
            case "getScheme" -> "https";
            case "getRequestURI" -> path;
            case "getContextPath", "getServletPath" -> "";
            case "getPathInfo" -> decoded(path);
            case "getServletContext" ->
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {ServletContext.class},
                        (proxy, called, arguments) -> {
                            throw new UnsupportedOperationException(called.getName());
                        });
            case "isAsyncSupported" -> false;
            case "getQueryString" -> query;
            case "getRemoteAddr" -> peer;
            case "isSecure" -> true;
            case "getHeader" -> {
                List<String> values = headers.get((String) about[0]);
                yield values == null ? null : values.get(0);
            }
            case "getHeaders" -> Collections.enumeration(headers.getOrDefault((String) about[0], List.of()));
            case "getHeaderNames" -> Collections.enumeration(headers.keySet());
            case "getContentType" -> answer("getHeader", new Object[] {"Content-Type"});
            case "getContentLengthLong" -> (long) body.length;
            case "getContentLength" -> body.length;
            case "getCharacterEncoding" -> charset();
            case "getInputStream" -> new Body(new ByteArrayInputStream(body));
            case "getAttribute" -> attributes.get((String) about[0]);
            case "setAttribute" -> attributes.put((String) about[0], about[1]);
            case "getParameterMap" -> Map.of();
            case "toString" -> toString();
            default -> throw new UnsupportedOperationException(question);
        };
    }

    /** As most containers do it; what is no encoding stays as it is. */
    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return path;
        }
    }

    private @Nullable String charset() {
        List<String> types = headers.get("Content-Type");
        int at = types == null ? -1 : types.get(0).indexOf("charset=");
        return at < 0 ? null : types.get(0).substring(at + "charset=".length());
    }

    @Override
    public String toString() {
        return method + " " + path + (query == null ? "" : "?" + query) + " " + headers + " "
                + new String(body, StandardCharsets.ISO_8859_1);
    }

    private static final class Body extends ServletInputStream {

        private final ByteArrayInputStream bytes;

        Body(ByteArrayInputStream bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return bytes.read(into, offset, length);
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException("setReadListener");
        }
    }
}
