// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fields that were on an answer before the application set any, in order, so that they can be set again on an
 * empty one. Read from the answer itself, each before the application changes it and all others when the answer is
 * emptied: most never are.
 */
final class OwnFields {

    /** Names and values by turns; no value where there was no such field. */
    private @Nullable String[] pairs = new String[4];

    private int used;
    private boolean complete;

    /** To be called before the application changes fields of a name. */
    void keep(String name, HttpServletResponse from) {
        if (complete || indexOf(name, 0) >= 0) {
            return;
        }
        if (!from.containsHeader(name)) {
            add(name, null);
            return;
        }
        for (String value : from.getHeaders(name)) {
            add(name, value);
        }
    }

    /** To be called before the answer is emptied. What describes its body is not kept: it goes with the body. */
    void keepAll(HttpServletResponse from) {
        if (complete) {
            return;
        }
        for (String name : from.getHeaderNames()) {
            if (!name.equalsIgnoreCase("Content-Type")
                    && !name.equalsIgnoreCase("Content-Length")
                    && !name.equalsIgnoreCase("Transfer-Encoding")) {
                keep(name, from);
            }
        }
        complete = true;
    }

    /** Sets a field that is to be kept as well. */
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
            if (name.equalsIgnoreCase(pairs[i])) {
                return i;
            }
        }
        return -1;
    }

    private void add(String name, @Nullable String value) {
        if (used == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * used);
        }
        pairs[used++] = name;
        pairs[used++] = value;
    }

    /** Puts the fields of one name on an answer that has lost them. */
    void addTo(HttpServletResponse response, String name) {
        for (int i = indexOf(name, 0); i >= 0; i = indexOf(name, i + 2)) {
            if (pairs[i + 1] != null) {
                response.addHeader(name, pairs[i + 1]);
            }
        }
    }

    /** Puts all on an answer that has lost them, or has none but the container's. */
    void putOn(HttpServletResponse response) {
        for (int i = 0; i < used; i += 2) {
            String name = pairs[i];
            String value = pairs[i + 1];
            if (name == null || value == null) {
                continue;
            }
            if (indexOf(name, 0) == i) {
                response.setHeader(name, value);
            } else {
                response.addHeader(name, value);
            }
        }
    }
}
