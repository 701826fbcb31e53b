// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An answer as a container would collect it. */
final class FakeResponse {

    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status = 200;

    int status() {
        return status;
    }

    /** The fields, those of several lines joined. */
    Map<String, String> headers() {
        return headers;
    }

    String text() {
        return body.toString(StandardCharsets.UTF_8);
    }

    HttpServletResponse asServlet() {
        return (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, called, arguments) -> answer(called.getName(), arguments == null ? new Object[0] : arguments));
    }

    private @Nullable Object answer(String question, Object[] about) {
        switch (question) {
            case "setStatus" -> status = (int) about[0];
            case "setHeader" -> set((String) about[0], (String) about[1]);
            case "addHeader" ->
                headers.merge((String) about[0], (String) about[1], (before, more) -> before + ", " + more);
            case "setIntHeader" -> headers.put((String) about[0], about[1].toString());
            case "setContentType" -> set("Content-Type", (String) about[0]);
            case "setContentLength", "setContentLengthLong" -> headers.put("Content-Length", about[0].toString());
            case "setCharacterEncoding", "flushBuffer" -> {}
            case "resetBuffer" -> body.reset();
            case "reset" -> {
                body.reset();
                headers.clear();
                status = 200;
            }
            default -> {
                return value(question, about);
            }
        }
        return null;
    }

    /** No value takes the field away, as in every container. */
    private void set(String name, @Nullable String value) {
        if (value == null) {
            headers.remove(name);
        } else {
            headers.put(name, value);
        }
    }

    private @Nullable Object value(String question, Object[] about) {
        return switch (question) {
            case "getStatus" -> status;
            case "getHeader" -> headers.get((String) about[0]);
            case "getHeaders" -> {
                String value = headers.get((String) about[0]);
                yield value == null ? List.of() : List.of(value);
            }
            case "getHeaderNames" -> (Collection<String>) List.copyOf(headers.keySet());
            case "containsHeader" -> headers.containsKey((String) about[0]);
            case "isCommitted" -> false;
            case "getCharacterEncoding" -> "UTF-8";
            case "getContentType" -> headers.get("Content-Type");
            case "getBufferSize" -> 8192;
            case "getOutputStream" -> new Out(body);
            default -> throw new UnsupportedOperationException(question);
        };
    }

    private static final class Out extends ServletOutputStream {

        private final ByteArrayOutputStream bytes;

        Out(ByteArrayOutputStream bytes) {
            this.bytes = bytes;
        }

        @Override
        public void write(int b) {
            bytes.write(b);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            bytes.write(from, offset, length);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException("setWriteListener");
        }
    }
}
