// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads an access line back, as a log's search engine does; a value that broke out of its field would show. */
final class ReadLine {

    private final String line;
    private int at;

    private ReadLine(String line) {
        this.line = line;
    }

    static Map<String, String> fields(String line) {
        var reader = new ReadLine(line);
        var fields = new LinkedHashMap<String, String>();
        while (reader.at < line.length()) {
            int equals = line.indexOf('=', reader.at);
            String name = line.substring(reader.at, equals);
            reader.at = equals + 1;
            if (fields.put(name, reader.value()) != null) {
                throw new AssertionError("two fields called " + name + " in " + line);
            }
            reader.at++;
        }
        return fields;
    }

    /** A field's value alone; fails if anything stands behind it. */
    static String value(String field) {
        var reader = new ReadLine(field);
        String value = reader.value();
        if (reader.at != field.length()) {
            throw new AssertionError("the value ends at " + reader.at + " of " + field);
        }
        return value;
    }

    private String value() {
        var value = new StringBuilder();
        if (at == line.length() || line.charAt(at) != '"') {
            while (at < line.length() && line.charAt(at) != ' ') {
                value.append(line.charAt(at++));
            }
            return value.toString();
        }
        at++;
        while (line.charAt(at) != '"') {
            if (line.charAt(at) != '\\') {
                value.append(line.charAt(at));
                at++;
            } else if (line.charAt(at + 1) == 'u') {
                value.append((char) Integer.parseInt(line.substring(at + 2, at + 6), 16));
                at += 6;
            } else {
                value.append(line.charAt(at + 1));
                at += 2;
            }
        }
        at++;
        return value.toString();
    }
}
