// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.page.jdbi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.page.PageRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;

class KeysetTest {

    private record Note(long id, Instant createdAt) {}

    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
    private static final Keyset<Note> NEWEST_FIRST =
            Keyset.<Note>descending("created_at", Note::createdAt).then("id", Note::id);

    private final Map<String, List<Object>> signed = new HashMap<>();

    @Property(tries = 100)
    void allPagesTogetherAreTheSortedListWithoutGapsOrRepeats(
            @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 3) Integer> seconds,
            @ForAll @IntRange(min = 1, max = 7) int limit) {
        try (Handle handle = notes(seconds)) {
            var paged = new ArrayList<Note>();
            Page<Note> page = page(handle, limit, List.of());
            paged.addAll(page.items());
            while (page.nextCursor() != null) {
                page = page(handle, limit, signed.get(page.nextCursor()));
                paged.addAll(page.items());
            }

            List<Note> sorted = handle.createQuery("SELECT * FROM notes").map(KeysetTest::note).stream()
                    .sorted(Comparator.comparing(Note::createdAt)
                            .thenComparing(Note::id)
                            .reversed())
                    .toList();
            assertEquals(sorted, paged);
        }
    }

    @Test
    void aRowThatComesMeanwhileNeitherRepeatsNorHidesOthers() {
        try (Handle handle = notes(List.of(1, 2, 3, 4))) {
            Page<Note> first = page(handle, 2, List.of());
            handle.execute(
                    "INSERT INTO notes VALUES (99, ?)", START.plusSeconds(9).atOffset(ZoneOffset.UTC));

            Page<Note> second = page(handle, 2, signed.get(first.nextCursor()));

            assertEquals(List.of(3L, 2L), ids(first));
            assertEquals(List.of(1L, 0L), ids(second));
            assertNull(second.nextCursor());
        }
    }

    @Test
    void keepsTheConditionOfTheListOnEveryPageThoughItHasAnOr() {
        try (Handle handle = notes(List.of(1, 2, 3, 4, 5))) {
            String select = "SELECT * FROM notes WHERE id = 4 OR id < 2";
            Page<Note> first = page(handle, select, Map.of(), 2, List.of());

            Page<Note> second = page(handle, select, Map.of(), 2, signed.get(first.nextCursor()));

            assertEquals(List.of(4L, 1L), ids(first));
            assertEquals(List.of(0L), ids(second));
        }
    }

    @Test
    void refusesAColumnThatIsNoPlainName() {
        assertThrows(IllegalArgumentException.class, () -> Keyset.<Note>ascending("id; DROP TABLE notes", Note::id));
    }

    private Page<Note> page(Handle handle, int limit, List<Object> after) {
        return page(handle, "SELECT * FROM notes WHERE id >= :least", Map.of("least", 0), limit, after);
    }

    private Page<Note> page(Handle handle, String select, Map<String, ?> binds, int limit, List<Object> after) {
        var request = new PageRequest(limit, after, values -> {
            String cursor = UUID.randomUUID().toString();
            signed.put(cursor, values);
            return cursor;
        });
        return NEWEST_FIRST.page(handle, select, binds, request, KeysetTest::note);
    }

    private static Handle notes(List<Integer> seconds) {
        Handle handle = Jdbi.open("jdbc:h2:mem:");
        handle.execute("CREATE TABLE notes (id bigint PRIMARY KEY, created_at timestamp with time zone NOT NULL)");
        for (int i = 0; i < seconds.size(); i++) {
            handle.execute(
                    "INSERT INTO notes VALUES (?, ?)",
                    i,
                    START.plusSeconds(seconds.get(i)).atOffset(ZoneOffset.UTC));
        }
        return handle;
    }

    private static Note note(ResultSet row, StatementContext context) throws SQLException {
        return new Note(
                row.getLong("id"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static List<Long> ids(Page<Note> page) {
        return page.items().stream().map(Note::id).toList();
    }
}
