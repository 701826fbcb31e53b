// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import java.util.List;

/**
 * A piece of a page. What is put into the places of a template is escaped, unless it is such a piece itself; so nothing
 * that a job or an error says becomes markup, or leaves its attribute.
 */
record Html(String text) {

    static final Html NOTHING = new Html("");

    /** A template of ours, in which each {@code {}} is the place of a value. */
    static Html of(String template, Object... values) {
        var text = new StringBuilder();
        int from = 0;
        for (Object value : values) {
            int place = template.indexOf("{}", from);
            if (place < 0) {
                throw new IllegalArgumentException(
                        "a template must have a place for each of " + values.length + " values: " + template);
            }
            text.append(template, from, place);
            text.append(value instanceof Html piece ? piece.text : escaped(String.valueOf(value)));
            from = place + 2;
        }
        return new Html(text.append(template, from, template.length()).toString());
    }

    static Html join(List<Html> pieces) {
        var text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.text));
        return new Html(text.toString());
    }

    private static String escaped(String value) {
        var text = new StringBuilder(value.length() + 16);
        value.chars().forEach(character -> {
            switch (character) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append("&quot;");
                case '\'' -> text.append("&#39;");
                default -> text.append((char) character);
            }
        });
        return text.toString();
    }
}
