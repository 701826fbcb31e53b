// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** The list in a {@code tracestate}: whole and unchanged, shortened, or dropped (W3C Trace Context section 3.3). */
final class TraceState {

    private static final int MOST_MEMBERS = 32;
    private static final int LONGEST = 512;
    private static final int LONGEST_PART = 256;
    private static final int LARGE_MEMBER = 128;

    private TraceState() {}

    /** What goes on to the next hop; empty where one member is malformed, since then all of it must be left out. */
    static String passedOn(String list) {
        var members = new ArrayList<String>();
        var keys = new HashSet<String>();
        for (String piece : list.split(",", -1)) {
            String member = strip(piece);
            if (member.isEmpty()) {
                continue;
            }
            int equals = member.indexOf('=');
            if (equals < 0
                    || !isKey(member.substring(0, equals))
                    || !isValue(member.substring(equals + 1))
                    || !keys.add(member.substring(0, equals))
                    || members.size() == MOST_MEMBERS) {
                return "";
            }
            members.add(member);
        }
        return shortened(members);
    }

    /** Drops members from the end until the rest is short enough, large ones first (section 3.3.1.5). */
    private static String shortened(List<String> members) {
        for (int i = members.size() - 1; i >= 0 && length(members) > LONGEST; i--) {
            if (members.get(i).length() > LARGE_MEMBER) {
                members.remove(i);
            }
        }
        while (length(members) > LONGEST) {
            members.remove(members.size() - 1);
        }
        return String.join(",", members);
    }

    private static int length(List<String> members) {
        return members.stream().mapToInt(member -> member.length() + 1).sum() - 1;
    }

    private static boolean isKey(String key) {
        if (key.isEmpty() || key.length() > LONGEST_PART || !isLowerOrDigit(key.charAt(0))) {
            return false;
        }
        return key.chars().allMatch(c -> isLowerOrDigit(c) || "_-*/@".indexOf(c) >= 0);
    }

    private static boolean isLowerOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    /** Spaces around a member were stripped, so none ends a value. */
    private static boolean isValue(String value) {
        return !value.isEmpty()
                && value.length() <= LONGEST_PART
                && value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e && c != '=');
    }

    /** Without the spaces and tabs that HTTP allows around a list's members, and nothing more. */
    private static String strip(String piece) {
        int from = 0;
        int to = piece.length();
        while (from < to && isBlank(piece.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(piece.charAt(to - 1))) {
            to--;
        }
        return piece.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
