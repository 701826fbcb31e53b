// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A response without a container, which keeps what is written to it. */
final class RecordedResponse {

    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private String refused = "";
    private int status = 200;

    /** Setting this field fails from now on, as containers do with what they cannot send. */
    void refuseField(String name) {
        refused = name;
    }

    int status() {
        return status;
    }

    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    Map<String, String> fieldsWithoutLength() {
        var fields = new TreeMap<>(headers);
        fields.remove("Content-Length");
        return fields;
    }

    String body() {
        return body.toString(StandardCharsets.UTF_8);
    }

    HttpServletResponse servlet() {
        return (HttpServletResponse) Proxy.newProxyInstance(
                RecordedResponse.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> call(method.getName(), arguments));
    }

    private @Nullable Object call(String method, Object[] arguments) {
        switch (method) {
            case "resetBuffer" -> body.reset();
            case "setStatus" -> status = (Integer) arguments[0];
            case "setHeader" -> set((String) arguments[0], (String) arguments[1]);
            case "addHeader" -> headers.merge((String) arguments[0], (String) arguments[1], (a, b) -> a + ", " + b);
            case "containsHeader" -> {
                return headers.containsKey((String) arguments[0]);
            }
            case "setContentLength" -> headers.put("Content-Length", arguments[0].toString());
            case "getOutputStream" -> {
                return new Body();
            }
            default -> throw new UnsupportedOperationException(method);
        }
        return null;
    }

    private void set(String name, String value) {
        if (name.equals(refused)) {
            throw new IllegalArgumentException("planted: " + value);
        }
        headers.put(name, value);
    }

    private final class Body extends ServletOutputStream {

        @Override
        public void write(int b) {
            body.write(b);
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
