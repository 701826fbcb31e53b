// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;

/** The fields that the edge itself has set on an answer, in order, so that they can be set again on an empty one. */
final class OwnFields {

    /** What the strictest edge sets without limits: most answers need no more. */
    private static final int EXPECTED = 2 * 8;

    private String[] pairs = new String[EXPECTED];
    private int used;

    void set(String name, String value) {
        int at = indexOf(name, 0);
        if (at < 0) {
            add(name, value);
            return;
        }
        pairs[at + 1] = value;
        for (int other = indexOf(name, at + 2); other >= 0; other = indexOf(name, other)) {
            System.arraycopy(pairs, other + 2, pairs, other, used - other - 2);
            used -= 2;
        }
    }

    private int indexOf(String name, int from) {
        for (int i = from; i < used; i += 2) {
            if (pairs[i].equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    void add(String name, String value) {
        if (used == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * used);
        }
        pairs[used++] = name;
        pairs[used++] = value;
    }

    /** Puts the fields of one name on an answer that has lost them. */
    void addTo(HttpServletResponse response, String name) {
        for (int i = indexOf(name, 0); i >= 0; i = indexOf(name, i + 2)) {
            response.addHeader(pairs[i], pairs[i + 1]);
        }
    }

    void putOn(HttpServletResponse response) {
        for (int i = 0; i < used; i += 2) {
            response.addHeader(pairs[i], pairs[i + 1]);
        }
    }
}
