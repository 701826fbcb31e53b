// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A declared path taken apart, such as {@code /v1/orders/{id}}: segments that are plain names or whole variables.
 * Immutable.
 *
 * @param text as it was written
 * @param segments the plain names; a variable is {@link #VARIABLE}
 * @param variables the names of the variables, in order
 */
record Template(String text, List<String> segments, List<String> variables) {

    /** Stands for any segment; no plain name has a brace. */
    static final String VARIABLE = "{}";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._~-]*");
    private static final Pattern PLACE = Pattern.compile("\\{([A-Za-z][A-Za-z0-9_-]*)}");

    /**
     * A template as a route is declared with it.
     *
     * @throws IllegalArgumentException if no path could match it, or in more than one way
     */
    static Template parse(String text) {
        if (!text.startsWith("/") || (text.length() > 1 && text.endsWith("/")) || text.contains("//")) {
            throw new IllegalArgumentException(
                    "a route's path must start with / and have no empty segment, was '" + text + "'");
        }
        var segments = new ArrayList<String>();
        var variables = new ArrayList<String>();
        for (String segment : text.substring(1).split("/", -1)) {
            Matcher place = PLACE.matcher(segment);
            if (place.matches()) {
                if (variables.contains(place.group(1))) {
                    throw new IllegalArgumentException("the variable " + segment + " stands twice in '" + text + "'");
                }
                variables.add(place.group(1));
                segments.add(VARIABLE);
            } else if (NAME.matcher(segment).matches() && !segment.equals(".") && !segment.equals("..")) {
                segments.add(segment);
            } else {
                throw new IllegalArgumentException(
                        "a segment must be a plain name or a {variable}, was '" + segment + "' in '" + text
                                + "': a route has as many segments as its paths, so declare one for each depth, or take"
                                + " the rest as a query parameter");
            }
        }
        return new Template(text, List.copyOf(segments), List.copyOf(variables));
    }

    /** The same for all templates that the same paths match. */
    String shape() {
        return "/" + String.join("/", segments);
    }

    /** Whether some path matches both. */
    boolean overlaps(Template other) {
        if (segments.size() != other.segments.size()) {
            return false;
        }
        for (int i = 0; i < segments.size(); i++) {
            if (!isVariable(i) && !other.isVariable(i) && !segments.get(i).equals(other.segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether every path that matches this one matches the other, which it overlaps, too. */
    boolean isWithin(Template other) {
        for (int i = 0; i < segments.size(); i++) {
            if (isVariable(i) && !other.isVariable(i)) {
                return false;
            }
        }
        return true;
    }

    /** A path that this template and another, which it overlaps, match; variables of both have the given value. */
    String pathOfBoth(Template other, String value) {
        var path = new StringBuilder();
        for (int i = 0; i < segments.size(); i++) {
            String literal = isVariable(i) ? other.segments.get(i) : segments.get(i);
            path.append('/').append(literal.equals(VARIABLE) ? value : literal);
        }
        return path.toString();
    }

    boolean isVariable(int position) {
        return segments.get(position).equals(VARIABLE);
    }
}
