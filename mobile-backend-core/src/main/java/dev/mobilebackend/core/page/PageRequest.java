// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.page;

import java.util.List;
import java.util.function.Function;

/**
 * Which page a client asks for.
 *
 * @param limit most items it gets
 * @param after key of the last row it has seen, empty for the first page
 * @param sign makes the cursor of a row's key
 */
public record PageRequest(int limit, List<Object> after, Function<List<Object>, String> sign) {

    public PageRequest {
        after = List.copyOf(after);
    }
}
