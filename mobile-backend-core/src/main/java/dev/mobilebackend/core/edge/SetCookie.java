// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import jakarta.servlet.http.Cookie;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The value of a {@code Set-Cookie} field (RFC 6265 section 4.1). Written here, since Undertow keeps cookies where no
 * reset of the answer finds them, and containers disagree on what a value may hold.
 */
final class SetCookie {

    /** What has an accessor of its own, in the spelling of any container. */
    private static final Set<String> KNOWN = Set.of("max-age", "domain", "path", "secure", "httponly", "expires");

    private SetCookie() {}

    static String of(Cookie cookie) {
        var text = new StringBuilder(cookie.getName()).append('=').append(checked(cookie));
        if (cookie.getMaxAge() >= 0) {
            text.append("; Max-Age=").append(cookie.getMaxAge());
        }
        if (cookie.getDomain() != null) {
            text.append("; Domain=").append(attribute(cookie.getDomain()));
        }
        if (cookie.getPath() != null) {
            text.append("; Path=").append(attribute(cookie.getPath()));
        }
        if (cookie.getSecure()) {
            text.append("; Secure");
        }
        if (cookie.isHttpOnly()) {
            text.append("; HttpOnly");
        }
        for (Map.Entry<String, String> other : cookie.getAttributes().entrySet()) {
            if (!KNOWN.contains(other.getKey().toLowerCase(Locale.ROOT))) {
                text.append("; ").append(attribute(other.getKey()));
                if (!other.getValue().isEmpty()) {
                    text.append('=').append(attribute(other.getValue()));
                }
            }
        }
        return text.toString();
    }

    private static String checked(Cookie cookie) {
        String value = cookie.getValue() == null ? "" : cookie.getValue();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        String inner = quoted ? value.substring(1, value.length() - 1) : value;
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (c <= ' ' || c >= 0x7f || "\",;\\".indexOf(c) >= 0) {
                throw new IllegalArgumentException("the value of the cookie " + cookie.getName()
                        + " has a character that RFC 6265 does not allow at " + i + ": encode it, say as base64url");
            }
        }
        return value;
    }

    private static String attribute(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) >= 0x7f || text.charAt(i) == ';') {
                throw new IllegalArgumentException("an attribute of a cookie must be plain text without a ';'");
            }
        }
        return text;
    }
}
