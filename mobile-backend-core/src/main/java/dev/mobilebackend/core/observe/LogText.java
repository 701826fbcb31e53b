// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import java.util.HexFormat;

/**
 * Text that can stand in a log: printable ASCII alone. Whatever else there is, line ends, escape sequences of terminals
 * and marks that turn the direction of writing among it, is written as {@code \}{@code uXXXX}.
 */
final class LogText {

    private static final int LONGEST = 256;
    private static final String CUT = "...";

    private LogText() {}

    /** Adds a value: bare where it is one plain word, otherwise in quotes and escaped. */
    static void append(StringBuilder line, String value) {
        if (isWord(value)) {
            line.append(value);
        } else {
            line.append('"');
            appendEscaped(line, value);
            line.append('"');
        }
    }

    /** The value itself where it is printable and short, otherwise its escaped form. */
    static String clean(String value) {
        if (isWord(value)) {
            return value;
        }
        var clean = new StringBuilder(value.length() + 16);
        appendEscaped(clean, value);
        return clean.toString();
    }

    private static boolean isWord(String value) {
        if (value.isEmpty() || value.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') {
                return false;
            }
        }
        return true;
    }

    private static void appendEscaped(StringBuilder line, String value) {
        int end = Math.min(value.length(), LONGEST);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                line.append(c);
            } else {
                line.append("\\u").append(HexFormat.of().toHexDigits(c));
            }
        }
        if (end < value.length()) {
            line.append(CUT);
        }
    }
}
