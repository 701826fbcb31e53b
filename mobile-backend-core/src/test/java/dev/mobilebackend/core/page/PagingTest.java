// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagingTest {

    private static final Cursor CURSOR = new Cursor(List.of(new byte[32]));

    private final Paging paging = paging(ServerSecret.of(new byte[32]));

    @Property
    void aCursorSurvivesARoundTrip(
            @ForAll long number, @ForAll @StringLength(max = 500) String text, @ForAll Instant time) {
        List<Object> values = List.of(number, text, time);

        assertEquals(values, CURSOR.read("list", CURSOR.write("list", values)));
    }

    @Property
    void aCursorWithAnyCharacterChangedIsRefused(
            @ForAll long id, @ForAll @IntRange(min = 0, max = 30) int position, @ForAll char replacement) {
        String cursor = CURSOR.write("list", List.of(id));
        var changed = new StringBuilder(cursor);
        changed.setCharAt(position, replacement);
        Assume.that(position < cursor.length() && !changed.toString().equals(cursor));

        assertThrows(ProblemException.class, () -> CURSOR.read("list", changed.toString()));
    }

    @Property
    void anyTextButACursorIsRefusedAsOne(@ForAll String text) {
        Problem problem = assertThrows(ProblemException.class, () -> CURSOR.read("list", text))
                .problem();

        assertEquals("invalid-cursor", problem.code());
        assertEquals("query:cursor", problem.errors().get(0).pointer());
    }

    @Test
    void aCursorOpensNoOtherListAndIsForgedWithNoOtherKey() {
        String cursor = CURSOR.write("list", List.of(1L));
        Cursor otherKey = new Cursor(List.of("another key of another application".getBytes(StandardCharsets.UTF_8)));

        assertThrows(ProblemException.class, () -> CURSOR.read("other list", cursor));
        assertThrows(ProblemException.class, () -> otherKey.read("list", cursor));
    }

    @Test
    void goesOnAfterACursorOfAnAcceptedServerSecretAndWritesUnderTheCurrentOne() {
        byte[] old = "the server secret as it was until now".getBytes(StandardCharsets.UTF_8);
        byte[] current = "the server secret as it is from now on".getBytes(StandardCharsets.UTF_8);
        Paging before = paging(ServerSecret.of(old));
        Paging during = paging(ServerSecret.of(current, old));
        Paging after = paging(ServerSecret.of(current));
        String early = before.request(TestExchange.query()).sign().apply(List.of(42L));
        String late = during.request(TestExchange.query()).sign().apply(List.of(43L));

        assertEquals(
                List.of(42L),
                during.request(TestExchange.query("cursor", early)).after());
        assertEquals(
                List.of(43L), after.request(TestExchange.query("cursor", late)).after());
        assertThrows(ProblemException.class, () -> after.request(TestExchange.query("cursor", early)));
    }

    @Test
    void readsTheFirstPageWhereTheClientNamesNothing() {
        PageRequest request = paging.request(TestExchange.query());

        assertEquals(20, request.limit());
        assertEquals(List.of(), request.after());
    }

    @Test
    void goesOnAfterTheRowOfTheCursor() {
        String cursor = paging.request(TestExchange.query()).sign().apply(List.of(42L));

        assertEquals(
                List.of(42L),
                paging.request(TestExchange.query("cursor", cursor)).after());
    }

    @ParameterizedTest
    @ValueSource(strings = {"100", "101", "100000", "99999999999", "0000000000101"})
    void givesAtMostTheMaximum(String limit) {
        assertEquals(100, paging.request(TestExchange.query("limit", limit)).limit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "ten", "", "1.5", "٣"})
    void refusesALimitThatIsNoPositiveNumber(String limit) {
        Problem problem = assertThrows(ProblemException.class, () -> paging.request(TestExchange.query("limit", limit)))
                .problem();

        assertEquals("query:limit", problem.errors().get(0).pointer());
    }

    private static Paging paging(ServerSecret secret) {
        return new Paging(secret, new PagePolicy(20, 100));
    }
}
