// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of listed origins read answers, and refuses a request that changes something when it comes from a page of
 * another origin, or opens a WebSocket: a browser sends simple requests, such as forms, and handshakes without asking
 * first (OWASP ASVS 5.0, 3.5.2 and 4.4.2).
 */
public final class CorsStep implements EdgeStep {

    static final Problem CROSS_ORIGIN = Problem.of(403, "cross-origin", "Requests from this site are not accepted.");

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final CorsPolicy policy;
    private final boolean isOn;
    private final String requestHeaders;
    private final String exposedHeaders;
    private final String maxAge;

    public CorsStep(CorsPolicy policy) {
        this.policy = policy;
        isOn = !policy.origins().isEmpty();
        requestHeaders = String.join(", ", policy.requestHeaders());
        exposedHeaders = String.join(", ", policy.exposedHeaders());
        maxAge = Long.toString(policy.maxAge().toSeconds());
    }

    @Override
    public void apply(Exchange exchange) {
        if (isOn) {
            exchange.addHeader("Vary", "Origin");
        }
        String origin = exchange.header("Origin");
        if (origin == null) {
            return;
        }
        if (policy.origins().contains(origin)) {
            exchange.setHeader("Access-Control-Allow-Origin", origin);
            if (policy.credentials()) {
                exchange.setHeader("Access-Control-Allow-Credentials", "true");
            }
            if (!exposedHeaders.isEmpty()) {
                exchange.setHeader("Access-Control-Expose-Headers", exposedHeaders);
            }
        } else if (!isRead(exchange) && !isOwn(exchange, origin)) {
            throw CROSS_ORIGIN
                    .detail("the origin of this page is not one that may send requests here")
                    .error("header:Origin", "one of the origins that this service lists")
                    .exception();
        }
    }

    /**
     * Whether it changes nothing whose answer the page may not read anyhow. A handshake opens a connection that the
     * page does read, so the server has to look at where it comes from (RFC 6455 section 10.2).
     */
    private static boolean isRead(Exchange exchange) {
        String upgrade = exchange.header("Upgrade");
        boolean handshake = upgrade != null && upgrade.toLowerCase(Locale.ROOT).contains("websocket");
        return SAFE.contains(exchange.facts().method()) && !handshake;
    }

    /**
     * Whether the page is of this service's own origin: because the browser says so, which no script can make it say,
     * or because the origin is the one the request was sent to.
     */
    private static boolean isOwn(Exchange exchange, String origin) {
        String site = exchange.header("Sec-Fetch-Site");
        if (site != null) {
            return site.equals("same-origin");
        }
        String scheme = exchange.facts().secure() ? "https://" : "http://";
        String host = exchange.header("Host");
        return host != null
                && origin.startsWith(scheme)
                && origin.regionMatches(true, scheme.length(), host, 0, host.length())
                && origin.length() == scheme.length() + host.length();
    }

    /** The method that a preflight of a listed origin asks for; null where this is none. */
    public @Nullable String preflightFor(Exchange exchange) {
        if (!isOn || !exchange.facts().method().equals("OPTIONS")) {
            return null;
        }
        String origin = exchange.header("Origin");
        return origin != null && policy.origins().contains(origin)
                ? exchange.header("Access-Control-Request-Method")
                : null;
    }

    /** Answers a preflight for a method that is declared. */
    public void answerPreflight(Exchange exchange, String method) {
        exchange.setHeader("Access-Control-Allow-Methods", method);
        exchange.setHeader("Access-Control-Allow-Headers", requestHeaders);
        exchange.setHeader("Access-Control-Max-Age", maxAge);
        exchange.addHeader("Vary", "Access-Control-Request-Method");
        exchange.send(Answer.of(204));
    }
}
