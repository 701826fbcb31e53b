// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.dpop;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The address of a request in one spelling, so that two can be compared (RFC 9449 section 4.3, RFC 3986 section 6.2).
 */
final class TargetUri {

    private static final String HEX = "0123456789ABCDEF";

    private TargetUri() {}

    /** Without query and fragment, by syntax and scheme; null for what is no address of a request. */
    static @Nullable String normalised(String text) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            boolean web = scheme.equals("https") || scheme.equals("http");
            if (!web || uri.getHost() == null || uri.getRawUserInfo() != null) {
                return null;
            }
            int usual = scheme.equals("https") ? 443 : 80;
            String port = uri.getPort() < 0 || uri.getPort() == usual ? "" : ":" + uri.getPort();
            String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port + normalisedPath(path);
        } catch (URISyntaxException none) {
            return null;
        }
    }

    /** What need not be encoded is decoded, and all else has capital digits (RFC 3986 sections 6.2.2.1 and 6.2.2.2). */
    static String normalisedPath(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        var text = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int high = c == '%' && i + 2 < path.length() ? digit(path.charAt(i + 1)) : -1;
            int low = high < 0 ? -1 : digit(path.charAt(i + 2));
            if (low < 0) {
                text.append(c);
                continue;
            }
            char decoded = (char) (high * 16 + low);
            if (isUnreserved(decoded)) {
                text.append(decoded);
            } else {
                text.append('%').append(HEX.charAt(high)).append(HEX.charAt(low));
            }
            i += 2;
        }
        return text.toString();
    }

    private static int digit(char c) {
        return HEX.indexOf(c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-._~".indexOf(c) >= 0;
    }
}
