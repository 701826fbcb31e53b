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

    /**
     * The page that rows make.
     *
     * @param rows one more than {@link #limit} where the list goes on
     * @param key the columns that the list is ordered by
     */
    public <T> Page<T> page(List<T> rows, Function<? super T, List<Object>> key) {
        if (rows.size() <= limit) {
            return new Page<>(rows, null);
        }
        List<T> items = rows.subList(0, limit);
        return new Page<>(items, sign.apply(key.apply(items.get(limit - 1))));
    }
}
