// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A place in a {@code Forwarded} field, which goes from one element to the next. */
final class ForwardedElement {

    private final String field;
    private final Map<String, String> pairs = new HashMap<>();
    private int at;
    private boolean malformed;

    ForwardedElement(String field) {
        this.field = field;
    }

    /** Reads the next element with anything in it; false at the end, and where the field cannot be read. */
    boolean next() {
        pairs.clear();
        while (!malformed && at < field.length()) {
            char c = field.charAt(at);
            if (c == ',') {
                at++;
                if (!pairs.isEmpty()) {
                    return true;
                }
            } else if (c == ';' || c == ' ' || c == '\t') {
                at++;
            } else {
                malformed = !readPair();
            }
        }
        return !malformed && !pairs.isEmpty();
    }

    @Nullable
    String value(String name) {
        return pairs.get(name);
    }

    boolean isMalformed() {
        return malformed;
    }

    private boolean readPair() {
        int equals = field.indexOf('=', at);
        if (equals <= at || !isName(at, equals)) {
            return false;
        }
        String name = field.substring(at, equals).toLowerCase(Locale.ROOT);
        at = equals + 1;
        String value = at < field.length() && field.charAt(at) == '"' ? quoted() : unquoted();
        return value != null && pairs.put(name, value) == null && atSeparator();
    }

    private boolean isName(int start, int end) {
        for (int i = start; i < end; i++) {
            char c = field.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '-' && c != '_') {
                return false;
            }
        }
        return true;
    }

    /** A token, or what is commonly sent in its place: an address with its port. */
    private @Nullable String unquoted() {
        int start = at;
        while (at < field.length() && ",; \t".indexOf(field.charAt(at)) < 0) {
            char c = field.charAt(at++);
            if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') {
                return null;
            }
        }
        return at == start ? null : field.substring(start, at);
    }

    /** A quoted-string (RFC 9110 section 5.6.4). */
    private @Nullable String quoted() {
        var text = new StringBuilder();
        for (at++; at < field.length(); at++) {
            char c = field.charAt(at);
            if (c == '"') {
                at++;
                return text.toString();
            }
            if (c == '\\' && ++at < field.length()) {
                c = field.charAt(at);
            }
            text.append(c);
        }
        return null;
    }

    private boolean atSeparator() {
        return at == field.length() || ",; \t".indexOf(field.charAt(at)) >= 0;
    }
}
