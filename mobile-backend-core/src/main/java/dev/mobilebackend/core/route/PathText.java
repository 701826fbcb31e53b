// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The one spelling of a path that is accepted (RFC 3986 section 3.3): no empty and no dot segment, no matrix
 * parameter, nothing raw that must be encoded, and nothing encoded that stands for a slash, a backslash or a control.
 */
final class PathText {

    /** What may stand raw in a segment: {@code pchar} without the semicolon, and the percent sign. */
    private static final boolean[] RAW = new boolean[128];

    static {
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,=:@%"
                .chars()
                .forEach(c -> RAW[c] = true);
    }

    private PathText() {}

    /** Whether every segment is spelled as it should be; what a percent sign begins is not looked at. */
    static boolean isWellSpelled(String path) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return false;
        }
        if (path.length() == 1) {
            return true;
        }
        int from = 1;
        for (int i = 1; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '/') {
                if (isEmptyOrDots(path, from, i)) {
                    return false;
                }
                from = i + 1;
            } else if (c >= RAW.length || !RAW[c]) {
                return false;
            }
        }
        return !isEmptyOrDots(path, from, path.length());
    }

    /** Whether one that is not well spelled means another path and nothing else: it ends in a slash, or is none. */
    static boolean isAnotherPath(String path) {
        return !path.startsWith("/") || (path.endsWith("/") && isWellSpelled(path.substring(0, path.length() - 1)));
    }

    /** The path with its percent-encoding undone, or null where that would change how many segments it has. */
    static @Nullable String tryDecode(String path) {
        byte[] bytes = new byte[path.length()];
        int length = 0;
        for (int i = 0; i < path.length(); i++) {
            int octet = path.charAt(i);
            if (octet == '%') {
                octet = i + 2 < path.length() ? hex(path.charAt(i + 1)) << 4 | hex(path.charAt(i + 2)) : -1;
                if (octet < ' ' || octet == '/' || octet == '\\' || octet == 0x7f) {
                    return null;
                }
                i += 2;
            }
            bytes[length++] = (byte) octet;
        }
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            return hasDotSegment(decoded) || hasLateControl(decoded) ? null : decoded;
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }

    /** Those of Unicode that are two bytes in UTF-8; terminals and logs obey them. */
    private static boolean hasLateControl(String path) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) >= 0x80 && path.charAt(i) <= 0x9f) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasDotSegment(String path) {
        int from = 1;
        for (int i = 1; i <= path.length(); i++) {
            if (i == path.length() || path.charAt(i) == '/') {
                if (isEmptyOrDots(path, from, i)) {
                    return true;
                }
                from = i + 1;
            }
        }
        return false;
    }

    private static boolean isEmptyOrDots(String path, int from, int end) {
        int length = end - from;
        return length == 0
                || (length == 1 && path.charAt(from) == '.')
                || (length == 2 && path.charAt(from) == '.' && path.charAt(from + 1) == '.');
    }

    /** Negative where it is no hexadecimal digit, and negative it stays when another is joined to it. */
    private static int hex(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }
}
