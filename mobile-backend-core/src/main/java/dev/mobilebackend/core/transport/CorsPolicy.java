// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which web origins may read answers in a browser (CORS, Fetch standard section 3.2). Only exact origins: a wildcard
 * would invite every site. Native apps send no {@code Origin} and are not concerned.
 *
 * @param origins such as {@code https://app.example.com}, or {@code capacitor://localhost} of an app in a web view
 * @param credentials whether browsers send cookies along; access tokens in {@code Authorization} need it not
 * @param requestHeaders the fields that a script may set
 * @param exposedHeaders the response fields that a script may read, beside those that it always may
 * @param maxAge how long a browser may remember the answer to a preflight
 */
public record CorsPolicy(
        Set<String> origins,
        boolean credentials,
        List<String> requestHeaders,
        List<String> exposedHeaders,
        Duration maxAge) {

    public CorsPolicy {
        requireNonNull(origins, "origins must not be null");
        requireNonNull(requestHeaders, "requestHeaders must not be null");
        requireNonNull(exposedHeaders, "exposedHeaders must not be null");
        requireNonNull(maxAge, "maxAge must not be null");
        origins = Set.copyOf(origins);
        requestHeaders = List.copyOf(requestHeaders);
        exposedHeaders = List.copyOf(exposedHeaders);
        origins.forEach(CorsPolicy::check);
        if (maxAge.isNegative()) {
            throw new IllegalArgumentException("maxAge must not be negative, was " + maxAge);
        }
    }

    /** No web page of another origin. */
    public static CorsPolicy none() {
        return of(Set.of());
    }

    /**
     * These origins, without cookies, for an hour, with the fields that this library reads and sets.
     *
     * @throws IllegalArgumentException if there is none, or one is not just scheme, host and port, in lower case
     */
    public static CorsPolicy allow(String... origins) {
        requireNonNull(origins, "origins must not be null");
        if (origins.length == 0) {
            throw new IllegalArgumentException(
                    "allow needs an origin at least, such as https://app.example.com: where none is meant say none()");
        }
        return of(new LinkedHashSet<>(List.of(origins)));
    }

    private static CorsPolicy of(Set<String> origins) {
        return new CorsPolicy(
                origins,
                false,
                List.of(
                        "Accept-Language",
                        "App-Version",
                        "Authorization",
                        "Content-Encoding",
                        "Content-Type",
                        "DPoP",
                        "Device-Id",
                        "Idempotency-Key",
                        "If-Match",
                        "If-None-Match",
                        "Priority",
                        "Refresh-Proof",
                        "Request-Timeout",
                        "X-Request-Id",
                        "traceparent",
                        "tracestate"),
                List.of(
                        "Content-Language",
                        "DPoP-Nonce",
                        "Deprecation",
                        "ETag",
                        "Idempotent-Replayed",
                        "Link",
                        "Location",
                        "RateLimit",
                        "RateLimit-Policy",
                        "Retry-After",
                        "Sunset",
                        "WWW-Authenticate",
                        "X-Request-Id"),
                Duration.ofHours(1));
    }

    /** This policy for pages that identify their users by a cookie. */
    public CorsPolicy withCredentials() {
        return new CorsPolicy(origins, true, requestHeaders, exposedHeaders, maxAge);
    }

    public CorsPolicy requestHeaders(String... names) {
        requireNonNull(names, "names must not be null: without any, call it with none");
        return new CorsPolicy(origins, credentials, List.of(names), exposedHeaders, maxAge);
    }

    public CorsPolicy exposedHeaders(String... names) {
        requireNonNull(names, "names must not be null: without any, call it with none");
        return new CorsPolicy(origins, credentials, requestHeaders, List.of(names), maxAge);
    }

    public CorsPolicy maxAge(Duration time) {
        return new CorsPolicy(origins, credentials, requestHeaders, exposedHeaders, time);
    }

    private static void check(String origin) {
        String expected = "an origin is scheme://host or scheme://host:port in lower case, such as"
                + " https://app.example.com, was '" + origin + "'";
        try {
            URI uri = new URI(origin);
            boolean plain = uri.getScheme() != null
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && origin.equals(uri.getScheme() + "://" + uri.getRawAuthority());
            if (!plain || !origin.equals(origin.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(expected);
            }
            if ((uri.getScheme().equals("https") && uri.getPort() == 443)
                    || (uri.getScheme().equals("http") && uri.getPort() == 80)) {
                throw new IllegalArgumentException("browsers leave the port out that is the scheme's own, so no origin"
                        + " is ever '" + origin + "': say " + uri.getScheme() + "://" + uri.getHost());
            }
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException(expected, malformed);
        }
    }
}
