// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.page.jdbi;

import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.page.PageRequest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/**
 * The order of a list and the key of a row in it. A page is read by a range of an index that has these columns, at the
 * same cost however far down the list, and rows that come or go meanwhile neither repeat nor hide others. The columns
 * together must be unique, and none may be null. Immutable.
 *
 * <pre>{@code
 * static final Keyset<Order> NEWEST_FIRST =
 *         Keyset.<Order>descending("created_at", Order::createdAt).then("id", Order::id);
 * }</pre>
 */
public final class Keyset<T> {

    private record Column<T>(String name, Function<T, Object> value) {}

    private enum Direction {
        ASC,
        DESC
    }

    private final Direction direction;
    private final List<Column<T>> columns;

    private Keyset(Direction direction, List<Column<T>> columns) {
        this.direction = direction;
        this.columns = List.copyOf(columns);
    }

    /** Smallest first, by a column whose values are {@code Long}, {@code String} or {@code Instant}. */
    public static <T> Keyset<T> ascending(String column, Function<T, Object> value) {
        return new Keyset<T>(Direction.ASC, List.of()).then(column, value);
    }

    /** Largest first. */
    public static <T> Keyset<T> descending(String column, Function<T, Object> value) {
        return new Keyset<T>(Direction.DESC, List.of()).then(column, value);
    }

    /** Rows that are equal so far are told apart by one more column, in the same direction. */
    public Keyset<T> then(String column, Function<T, Object> value) {
        if (!column.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException("column must be a plain name, was '" + column + "'");
        }
        var all = new ArrayList<>(columns);
        all.add(new Column<>(column, value));
        return new Keyset<>(direction, all);
    }

    /**
     * Reads one page.
     *
     * @param select a SELECT without ORDER BY that gives the columns of this order, each column with a name of its own
     * @param binds values of its named parameters
     */
    public Page<T> page(Handle handle, String select, Map<String, ?> binds, PageRequest request, RowMapper<T> mapper) {
        List<Object> after = request.after();
        if (!after.isEmpty() && after.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "the cursor has " + after.size() + " values for the " + columns.size() + " columns of this order");
        }
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        String order =
                columns.stream().map(column -> column.name() + " " + direction).collect(Collectors.joining(", "));
        // A derived table, because an OR of the caller's would take the condition of the page apart.
        var query = handle.createQuery("SELECT * FROM (" + select + ") keyset_page"
                + (after.isEmpty() ? "" : " WHERE (" + names + ") " + comparison() + " (" + parameters() + ")")
                + " ORDER BY " + order + " LIMIT :keyset_limit");
        query.bindMap(binds).bind("keyset_limit", request.limit() + 1);
        for (int i = 0; i < after.size(); i++) {
            query.bind("keyset_" + i, bindable(after.get(i)));
        }
        return request.page(query.map(mapper).list(), this::key);
    }

    private List<Object> key(T row) {
        return columns.stream().map(column -> column.value().apply(row)).toList();
    }

    private String comparison() {
        return direction == Direction.ASC ? ">" : "<";
    }

    private String parameters() {
        var parameters = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            parameters.add(":keyset_" + i);
        }
        return String.join(", ", parameters);
    }

    private static Object bindable(Object value) {
        return value instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : value;
    }
}
