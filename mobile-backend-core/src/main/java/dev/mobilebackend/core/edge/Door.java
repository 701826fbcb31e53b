// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.exchange.RequestId;
import dev.mobilebackend.core.transport.Sender;
import dev.mobilebackend.core.transport.TrustedProxies;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Enumeration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Reads what is known of a request, once, and believes nothing that a client could use against us. */
final class Door {

    private static final int LONGEST_HEADER = 128;
    private static final int LONGEST_TIMEOUT = 8;

    private final TrustedProxies proxies;
    private final InstantSource clock;
    private final RandomGenerator random;

    Door(TrustedProxies proxies, InstantSource clock, RandomGenerator random) {
        this.proxies = proxies;
        this.clock = clock;
        this.random = random;
    }

    /** The request as trusted proxies describe it, or as it is. */
    HttpServletRequest behindProxies(HttpServletRequest request) {
        if (!proxies.any()) {
            return request;
        }
        Sender sender = proxies.sender(ClientAddress.parse(request.getRemoteAddr()), name -> joined(request, name));
        return sender == null ? request : new ForwardedRequest(request, sender);
    }

    /** All lines of a field as one (RFC 9110 section 5.3). */
    private static @Nullable String joined(HttpServletRequest request, String name) {
        Enumeration<String> lines = request.getHeaders(name);
        String all = null;
        while (lines.hasMoreElements()) {
            String line = lines.nextElement();
            all = all == null ? line : all + "," + line;
        }
        return all;
    }

    RequestFacts read(HttpServletRequest request) {
        Instant now = clock.instant();
        String requestId = wellFormed(request.getHeader("X-Request-Id"));
        return new RequestFacts(
                requestId == null ? newRequestId() : requestId,
                now,
                request.getMethod(),
                path(request.getRequestURI(), request.getContextPath()),
                request instanceof ForwardedRequest forwarded
                        ? forwarded.sender().client()
                        : ClientAddress.parse(request.getRemoteAddr()),
                request.isSecure(),
                wellFormed(request.getHeader("Device-Id")),
                wellFormed(request.getHeader("App-Version")),
                deadline(request.getHeader("Request-Timeout"), now));
    }

    /**
     * Nothing where the context's own path is spelled another way: what is left would be another path than others see.
     */
    private static String path(String uri, String contextPath) {
        return uri.startsWith(contextPath) ? uri.substring(contextPath.length()) : "";
    }

    /** The path as the container decoded it, where it is encoded at all and the container will say. */
    static @Nullable String decodedPath(HttpServletRequest request, String path) {
        if (path.indexOf('%') < 0) {
            return null;
        }
        try {
            String below = request.getPathInfo();
            return below == null ? request.getServletPath() : request.getServletPath() + below;
        } catch (IllegalArgumentException ambiguous) {
            return null; // Jetty says so of %25 and the like, and then no servlet is told another path than ours
        }
    }

    String newRequestId() {
        return RequestId.next(random);
    }

    /** What is no whole number of milliseconds, of eight digits at most, says nothing. */
    private static @Nullable Instant deadline(@Nullable String milliseconds, Instant now) {
        if (milliseconds == null || milliseconds.isEmpty() || milliseconds.length() > LONGEST_TIMEOUT) {
            return null;
        }
        long wait = 0;
        for (int i = 0; i < milliseconds.length(); i++) {
            char c = milliseconds.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
            wait = wait * 10 + (c - '0');
        }
        return now.plusMillis(wait);
    }

    /** A value that can stand in a log line and a response field as it is, or nothing. */
    private static @Nullable String wellFormed(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > LONGEST_HEADER) {
            return null;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && "-._~+/:".indexOf(c) < 0) {
                return null;
            }
        }
        return value;
    }
}
