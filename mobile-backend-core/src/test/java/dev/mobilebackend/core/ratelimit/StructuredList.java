// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a List of Strings with parameters by RFC 9651 section 4.2, and nothing that is not one. */
final class StructuredList {

    private static final Pattern STRING = Pattern.compile("\"((?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*)\"");
    private static final Pattern KEY = Pattern.compile(";\\x20*([a-z*][a-z0-9_.*-]*)=");
    private static final Pattern INTEGER = Pattern.compile("(-?[0-9]{1,15})(?![0-9.])");
    private static final Pattern BYTES = Pattern.compile(":([A-Za-z0-9+/=]*):");
    private static final Pattern COMMA = Pattern.compile("[ \\t]*(,)[ \\t]*");

    /** One member: its string and its parameters, which are longs, strings and byte arrays. */
    record Item(String name, Map<String, Object> parameters) {

        long number(String key) {
            return (Long) parameters.get(key);
        }
    }

    private final String text;
    private int at;

    private StructuredList(String text) {
        this.text = text;
    }

    /** The members of all lines of a field. */
    static List<Item> parse(List<String> lines) {
        var list = new StructuredList(String.join(", ", lines));
        var items = new ArrayList<Item>();
        do {
            items.add(list.item());
        } while (list.accept(COMMA) != null);
        if (list.at < list.text.length()) {
            throw list.unexpected("the end");
        }
        return items;
    }

    private Item item() {
        String name = string("a string");
        var parameters = new LinkedHashMap<String, Object>();
        for (MatchResult key = accept(KEY); key != null; key = accept(KEY)) {
            parameters.put(key.group(1), value());
        }
        return new Item(name, parameters);
    }

    private Object value() {
        MatchResult integer = accept(INTEGER);
        if (integer != null) {
            return Long.parseLong(integer.group(1));
        }
        MatchResult bytes = accept(BYTES);
        return bytes == null
                ? string("an integer, bytes or a string")
                : Base64.getDecoder().decode(bytes.group(1));
    }

    private String string(String expected) {
        MatchResult found = accept(STRING);
        if (found == null) {
            throw unexpected(expected);
        }
        return found.group(1);
    }

    private @Nullable MatchResult accept(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            return null;
        }
        at = matcher.end();
        return matcher.toMatchResult();
    }

    private IllegalArgumentException unexpected(String expected) {
        return new IllegalArgumentException("expected " + expected + " at " + at + " of " + text);
    }
}
