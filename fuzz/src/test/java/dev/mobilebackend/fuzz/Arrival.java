// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as a container hands it over, once. */
final class Arrival {

    /** Where every connection comes from. */
    static final String PEER = "192.0.2.7";

    private final FakeRequest request;
    private final FakeBody body;
    private final Map<String, Object> attributes = new HashMap<>();
    private @Nullable FakeAsync async;

    Arrival(FakeRequest request) {
        this.request = request;
        this.body = new FakeBody(request.body(), request.delivery());
    }

    HttpServletRequest asServlet() {
        return (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, called, arguments) -> answer(called.getName(), arguments == null ? new Object[0] : arguments));
    }

    /** What a container does once the filters have returned. */
    void tellListener() throws IOException {
        body.tellListener();
    }

    /** Whether it was handed over to somebody who has not completed it. */
    boolean isLeftOpen() {
        return async != null && !async.isCompleted();
    }

    private @Nullable Object answer(String question, Object[] about) throws IOException, ServletException {
        return switch (question) {
            case "getDispatcherType" -> DispatcherType.REQUEST;
            case "getMethod" -> request.method();
            case "getProtocol" -> "HTTP/1.1";
            case "getScheme" -> "https";
            case "getServerName" -> "shop.example";
            case "getServerPort" -> 443;
            case "getRequestURI" -> request.path();
            case "getRequestURL" -> new StringBuffer("https://shop.example").append(request.path());
            case "getContextPath" -> "";
            case "getServletPath" -> request.servletPath();
            case "getPathInfo" ->
                decoded(request.path().substring(request.servletPath().length()));
            case "getServletContext" -> context();
            case "getQueryString" -> request.query();
            case "getRemoteAddr" -> PEER;
            case "isSecure", "isAsyncSupported" -> true;
            case "isAsyncStarted" -> isLeftOpen();
            case "startAsync" -> startAsync(about);
            case "getHeader" -> header((String) about[0]);
            case "getHeaders" -> Collections.enumeration(request.lines((String) about[0]));
            case "getHeaderNames" -> Collections.enumeration(names());
            case "getContentType" -> header("Content-Type");
            case "getContentLengthLong" -> request.delivery().chunked() ? -1 : (long) request.body().length;
            case "getContentLength" -> request.delivery().chunked() ? -1 : request.body().length;
            case "getCharacterEncoding" -> charset();
            case "getInputStream" -> body;
            case "getParts" -> FakeParts.of(header("Content-Type"), request.body(), body);
            case "getAttribute" -> attributes.get((String) about[0]);
            case "setAttribute" -> attributes.put((String) about[0], about[1]);
            case "toString" -> request.toString();
            default -> throw new UnsupportedOperationException(question);
        };
    }

    private Object context() {
        return Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ServletContext.class}, (proxy, called, arguments) -> {
                    throw new UnsupportedOperationException(called.getName());
                });
    }

    private AsyncContext startAsync(Object[] with) {
        if (async != null) {
            throw new IllegalStateException("started already");
        }
        async = new FakeAsync(with);
        return async.asServlet();
    }

    private @Nullable String header(String name) {
        List<String> lines = request.lines(name);
        if (lines.isEmpty()) {
            return name.equalsIgnoreCase("Transfer-Encoding")
                            && request.delivery().chunked()
                    ? "chunked"
                    : null;
        }
        return lines.get(0);
    }

    private List<String> names() {
        var names = new ArrayList<String>();
        request.names().forEach(names::add);
        return names;
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
        String type = header("Content-Type");
        int at = type == null ? -1 : type.indexOf("charset=");
        return type == null || at < 0 ? null : type.substring(at + "charset=".length());
    }
}
