// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import org.jspecify.annotations.Nullable;

/**
 * What a request is for, as its client says in the urgency of {@code Priority} (RFC 9218 section 4.1): what goes first
 * when not everything can be answered. A claim, which a route may cap. The most urgent stands first.
 */
public enum Priority {
    /** Somebody waits before a screen: {@code u=0} to {@code u=2}. */
    USER_ACTION,
    /** {@code u=3}, which is also what a client means that says nothing, and {@code u=4}. */
    NORMAL,
    /** Nobody waits, such as for a sync while the app is closed: {@code u=5} to {@code u=7}. */
    BACKGROUND;

    /** Whether this goes before another. */
    public boolean isBefore(Priority other) {
        return compareTo(other) < 0;
    }

    /**
     * The priority that a field states. It is a dictionary of RFC 9651 of which only {@code u} matters here; a member
     * that cannot be read counts as not sent (RFC 9218 section 4), and of two the last holds.
     */
    static Priority parse(@Nullable String field) {
        if (field == null) {
            return NORMAL;
        }
        Priority stated = NORMAL;
        for (int start = 0; start < field.length(); ) {
            int comma = field.indexOf(',', start);
            int end = comma < 0 ? field.length() : comma;
            Priority member = member(field, start, end);
            stated = member == null ? stated : member;
            start = end + 1;
        }
        return stated;
    }

    /** One member between two commas; its parameters, after a semicolon, say nothing of the urgency. */
    private static @Nullable Priority member(String field, int start, int end) {
        int at = start;
        while (at < end && isBlank(field.charAt(at))) {
            at++;
        }
        if (at + 2 >= end || field.charAt(at) != 'u' || field.charAt(at + 1) != '=') {
            return null;
        }
        int after = at + 3;
        while (after < end && isBlank(field.charAt(after))) {
            after++;
        }
        boolean whole = after >= end || field.charAt(after) == ';';
        return whole ? ofUrgency(field.charAt(at + 2)) : null;
    }

    private static @Nullable Priority ofUrgency(char digit) {
        if (digit < '0' || digit > '7') {
            return null;
        }
        return digit <= '2' ? USER_ACTION : digit <= '4' ? NORMAL : BACKGROUND;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
