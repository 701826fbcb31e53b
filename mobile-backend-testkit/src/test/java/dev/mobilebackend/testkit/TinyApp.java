// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The smallest application that a phone can talk to: it records what it was asked, answers what a test has prepared,
 * and otherwise signs anybody in and echoes.
 */
public final class TinyApp extends HttpServlet {

    private static final long serialVersionUID = 1L;

    /** One request as it arrived; header names in lower case, the body one character a byte. */
    public record Seen(String method, String path, Map<String, String> headers, String body) {}

    /** Something to do instead of the usual answer. */
    public interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    private final transient List<Seen> seen = new CopyOnWriteArrayList<>();
    private final transient Map<String, Queue<Handler>> prepared = new ConcurrentHashMap<>();
    private final AtomicInteger generation = new AtomicInteger();
    private final AtomicReference<String> validAccess = new AtomicReference<>("");

    /** What has arrived under a path, oldest first. */
    public List<Seen> seen(String path) {
        return seen.stream().filter(request -> request.path().equals(path)).toList();
    }

    /** The next request to this path is handled so; prepared twice, the next two are. */
    public void next(String path, Handler handler) {
        prepared.computeIfAbsent(path, any -> new ConcurrentLinkedQueue<>()).add(handler);
    }

    /** From now on no access token that was handed out is accepted. */
    public void expireAccessTokens() {
        validAccess.set("");
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var headers = new HashMap<String, String>();
        request.getHeaderNames()
                .asIterator()
                .forEachRemaining(name -> headers.put(name.toLowerCase(Locale.ROOT), request.getHeader(name)));
        var body = new String(request.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        seen.add(new Seen(request.getMethod(), request.getRequestURI(), headers, body));
        Handler handler = prepared.getOrDefault(request.getRequestURI(), new ArrayDeque<>())
                .poll();
        if (handler != null) {
            handler.handle(request, response);
            return;
        }
        switch (request.getRequestURI()) {
            case "/v1/auth/sign-up" -> response.setStatus(202);
            case "/v1/auth/verify", "/v1/auth/sign-in", "/v1/auth/refresh" -> json(response, 200, newTokens());
            case "/v1/auth/sign-out" -> response.setStatus(204);
            case "/v1/me" ->
                json(response, ("Bearer " + validAccess.get()).equals(headers.get("authorization")) ? 200 : 401, "{}");
            default -> json(response, request.getMethod().equals("POST") ? 201 : 200, body);
        }
    }

    public static void json(HttpServletResponse response, int status, String body) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json");
        response.getOutputStream().write(body.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String newTokens() {
        int next = generation.incrementAndGet();
        validAccess.set("access-" + next);
        return """
                {"accessToken":"access-%d","tokenType":"Bearer","expiresIn":600,"refreshToken":"refresh-%d",\
                "refreshExpiresIn":86400,"sessionId":"session-1"}""".formatted(next, next);
    }
}
