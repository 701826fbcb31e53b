// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.conditional;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ETagTest {

    private static final ETag CURRENT = new ETag("v7");
    private static final Answer ANSWER = Answer.json(200, "{}").header("Cache-Control", "max-age=60");

    @Test
    void sendsTheWholeAnswerWithItsTagTheFirstTime() {
        Answer answer = CURRENT.onRead(TestExchange.get(), ANSWER);

        assertEquals(200, answer.status());
        assertEquals("\"v7\"", answer.headers().get("ETag"));
        assertEquals("{}", new String(answer.body(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"v7\"", "W/\"v7\"", "\"v6\", \"v7\"", "\"a,b\",\"v7\"", "*"})
    void sendsNothingButTheTagWhereTheClientHasTheState(String known) {
        Answer answer = CURRENT.onRead(TestExchange.get("If-None-Match", known), ANSWER);

        assertEquals(304, answer.status());
        assertEquals(Map.of("ETag", "\"v7\"", "Cache-Control", "max-age=60"), answer.headers());
        assertArrayEquals(new byte[0], answer.body());
    }

    @Test
    void knowsAListThatCameInSeveralLines() {
        assertEquals(
                304,
                CURRENT.onRead(TestExchange.get("If-None-Match", "\"v6\"\n\"v7\""), ANSWER)
                        .status());
        assertDoesNotThrow(() -> CURRENT.requireOnChange(TestExchange.get("If-Match", "\"v6\"\n\"v7\"")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"v6\"", "v7", "\"v7", "\"v7\" \"v6\"", ""})
    void sendsTheWholeAnswerForAnotherOrAMalformedTag(String known) {
        assertEquals(
                200,
                CURRENT.onRead(TestExchange.get("If-None-Match", known), ANSWER).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"v7\"", "\"v6\", \"v7\"", "*"})
    void letsAChangeOfTheCurrentStateThrough(String expected) {
        assertDoesNotThrow(() -> CURRENT.requireOnChange(TestExchange.get("If-Match", expected)));
    }

    @ParameterizedTest
    @CsvSource({"'\"v6\"'", "'W/\"v7\"'", "v7", "''"})
    void refusesAChangeOfAnotherStateWith412(String expected) {
        var refused = assertThrows(
                ProblemException.class, () -> CURRENT.requireOnChange(TestExchange.get("If-Match", expected)));

        assertEquals(412, refused.problem().status());
    }

    @Test
    void refusesAChangeThatNamesNoStateWith428() {
        var refused = assertThrows(ProblemException.class, () -> CURRENT.requireOnChange(TestExchange.get()));

        assertEquals(428, refused.problem().status());
        assertEquals("header:If-Match", refused.problem().errors().get(0).pointer());
    }

    @Property
    void theSameBytesHaveTheSameTagThatReadsBack(@ForAll byte[] bytes) {
        String tag = ETag.of(bytes).toString();

        assertEquals(
                304,
                ETag.of(bytes.clone())
                        .onRead(TestExchange.get("If-None-Match", tag), ANSWER)
                        .status());
    }

    @Property
    void neverFailsOnWhatAClientSends(@ForAll String header) {
        CURRENT.onRead(TestExchange.get("If-None-Match", header), ANSWER);
    }
}
