// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters of a request, in order: pairs of a query, of a form, of parts. */
final class Form {

    /** A thousand times smaller than what fits into a megabyte, and what containers stop at, too. */
    private static final int MAXIMUM_PAIRS = 1000;

    /** What stands for bytes that are no character. */
    private static final char REPLACEMENT = '\uFFFD';

    private final Map<String, List<String>> pairs = new LinkedHashMap<>();
    private int count;

    /** Adds {@code application/x-www-form-urlencoded} text; refuses with 400 what cannot be decoded. */
    void add(String text, Charset charset) {
        int start = 0;
        while (start < text.length()) {
            int next = text.indexOf('&', start);
            int end = next < 0 ? text.length() : next;
            if (end > start) {
                addPair(text.substring(start, end), charset);
            }
            start = end + 1;
        }
    }

    private void addPair(String pair, Charset charset) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        try {
            add(decoded(name, charset), decoded(value, charset));
        } catch (IllegalArgumentException notEncoded) {
            throw Problem.MALFORMED_REQUEST
                    .detail("the form has a % that two hexadecimal digits do not follow")
                    .exception();
        }
    }

    private static String decoded(String text, Charset charset) {
        String decoded = URLDecoder.decode(text, charset);
        if (decoded.indexOf(REPLACEMENT) >= 0 && !isIn(charset, text)) {
            throw Problem.MALFORMED_REQUEST
                    .detail("the form has bytes that are no characters in its charset")
                    .exception();
        }
        return decoded;
    }

    /** Whether what is encoded is characters of the charset; each row of encoded bytes is decoded by itself. */
    private static boolean isIn(Charset charset, String text) {
        var row = new ByteArrayOutputStream();
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && text.charAt(i) == '%') {
                row.write(Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else if (row.size() > 0) {
                try {
                    charset.newDecoder().decode(ByteBuffer.wrap(row.toByteArray()));
                } catch (CharacterCodingException others) {
                    return false;
                }
                row.reset();
            }
        }
        return true;
    }

    void add(String name, String value) {
        count++;
        if (count > MAXIMUM_PAIRS) {
            throw Problem.MALFORMED_REQUEST
                    .detail("a request may have up to " + MAXIMUM_PAIRS + " parameters")
                    .exception();
        }
        pairs.computeIfAbsent(name, absent -> new ArrayList<>(1)).add(value);
    }

    Map<String, String[]> toMap() {
        var map = new LinkedHashMap<String, String[]>();
        pairs.forEach((name, values) -> map.put(name, values.toArray(String[]::new)));
        return map;
    }
}
