// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.problem.Problem;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pairs of {@code application/x-www-form-urlencoded} text, in order. */
final class Form {

    private final Map<String, List<String>> pairs = new LinkedHashMap<>();

    /** Refuses with 400 what cannot be decoded. */
    void add(String text, Charset charset) {
        try {
            for (String pair : text.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                if (!pair.isEmpty()) {
                    pairs.computeIfAbsent(URLDecoder.decode(name, charset), key -> new ArrayList<>(1))
                            .add(URLDecoder.decode(value, charset));
                }
            }
        } catch (IllegalArgumentException notEncoded) {
            throw Problem.MALFORMED_REQUEST
                    .detail("the form has a % that two hexadecimal digits do not follow")
                    .exception();
        }
    }

    Map<String, String[]> toMap() {
        var map = new LinkedHashMap<String, String[]>();
        pairs.forEach((name, values) -> map.put(name, values.toArray(String[]::new)));
        return map;
    }
}
