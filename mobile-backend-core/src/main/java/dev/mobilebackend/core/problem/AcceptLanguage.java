// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The languages that a client wants, by {@code Accept-Language} (RFC 9110 section 12.5.4), best first. Reads any text:
 * what is no language range is passed over, and a field longer than any phone sends wants nothing.
 */
final class AcceptLanguage {

    private static final int LONGEST_FIELD = 1000;
    private static final int MOST_RANGES = 20;
    private static final int LONGEST_SUBTAG = 8;

    private record Range(String tag, int thousandths) {}

    private final List<Range> ranges;

    private AcceptLanguage(List<Range> ranges) {
        this.ranges = ranges;
    }

    static AcceptLanguage parse(@Nullable String field) {
        var ranges = new ArrayList<Range>(4);
        if (field != null && field.length() <= LONGEST_FIELD) {
            int start = 0;
            while (start <= field.length() && ranges.size() < MOST_RANGES) {
                int end = field.indexOf(',', start);
                end = end < 0 ? field.length() : end;
                Range range = range(field.substring(start, end));
                if (range != null) {
                    ranges.add(range);
                }
                start = end + 1;
            }
            ranges.sort((a, b) -> b.thousandths - a.thousandths);
        }
        return new AcceptLanguage(ranges);
    }

    /**
     * The best of the languages that there are, in lower case, by lookup (RFC 4647 section 3.4): a range loses its last
     * subtags until it names one. Null where the client wants none of them.
     */
    @Nullable
    String lookup(Predicate<String> isThere) {
        for (Range range : ranges) {
            String tag = range.thousandths == 0 ? "" : range.tag;
            while (!tag.isEmpty()) {
                if (isThere.test(tag)) {
                    return tag;
                }
                tag = shortened(tag);
            }
        }
        return null;
    }

    private static String shortened(String tag) {
        int end = Math.max(0, tag.lastIndexOf('-'));
        boolean endsInSingleton = end >= 2 && tag.charAt(end - 2) == '-';
        return tag.substring(0, endsInSingleton ? end - 2 : end);
    }

    private static @Nullable Range range(String text) {
        int semicolon = text.indexOf(';');
        String tag = (semicolon < 0 ? text : text.substring(0, semicolon)).strip();
        int weight = semicolon < 0 ? 1000 : weight(text.substring(semicolon + 1).strip());
        return weight >= 0 && isTag(tag) ? new Range(tag.toLowerCase(Locale.ROOT), weight) : null;
    }

    /** {@code q=0} to {@code q=1} with up to three decimals (RFC 9110 section 12.4.2) in thousandths, or -1. */
    private static int weight(String text) {
        boolean named = text.length() > 2 && (text.charAt(0) == 'q' || text.charAt(0) == 'Q') && text.charAt(1) == '=';
        int length = text.length() - 2;
        if (!named || length > 5 || (length > 1 && text.charAt(3) != '.')) {
            return -1;
        }
        int thousandths = digit(text.charAt(2)) * 1000;
        for (int i = 4, place = 100; i < text.length(); i++, place /= 10) {
            int digit = digit(text.charAt(i));
            if (digit < 0) {
                return -1;
            }
            thousandths += digit * place;
        }
        return thousandths > 1000 ? -1 : Math.max(-1, thousandths);
    }

    private static int digit(char c) {
        return c >= '0' && c <= '9' ? c - '0' : -1;
    }

    /** A language range of letters and digits (RFC 4647 section 2.1); the wildcard names no language. */
    private static boolean isTag(String text) {
        int subtag = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (c == '-' && subtag > 0) {
                subtag = 0;
            } else if ((letter || digit(c) >= 0) && subtag < LONGEST_SUBTAG) {
                subtag++;
            } else {
                return false;
            }
        }
        return subtag > 0;
    }
}
