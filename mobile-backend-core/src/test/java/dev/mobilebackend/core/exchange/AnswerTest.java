// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.problem.Problem;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "X A:", "X\r\nSet-Cookie", "X-\u00c4", "X:"})
    void refusesAFieldWhoseNameIsNoToken(String name) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Answer.of(204).header(name, "v"))
                .getMessage();

        assertEquals(
                "a field's name must be letters, digits and hyphens, such as X-Reason, was '" + name + "'", message);
        assertThrows(IllegalArgumentException.class, () -> Problem.CONFLICT.header(name, "v"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret\r\nSet-Cookie: a=b", "secret\n", "secret\u0000", "secret\u007f"})
    void refusesAFieldWhoseValueCouldBeginAnotherWithoutShowingIt(String value) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Answer.of(204).header("X-Reason", value))
                .getMessage();

        assertTrue(message.startsWith("the value of the field X-Reason must have no line breaks"), message);
        assertFalse(message.contains("secret"), message);
        assertThrows(IllegalArgumentException.class, () -> Problem.CONFLICT.header("X-Reason", value));
    }

    @Test
    void takesEveryFieldThatCanBeSent() {
        Answer answer =
                Answer.of(204).header("X!#$%&'*+-.^_`|~9", "a\tb \u00e9").header("X-Empty", "");

        assertEquals(Map.of("X!#$%&'*+-.^_`|~9", "a\tb \u00e9", "X-Empty", ""), answer.headers());
    }

    @Test
    void saysWhatIsMissing() {
        assertMissing("a field's name must not be null", () -> Answer.of(204).header(null, null));
        assertMissing("the value of the field Location must not be null: leave the field out", () -> Answer.of(204)
                .header("Location", null));
        assertMissing(
                "body must not be null: an answer without one is Answer.of(status)",
                () -> Answer.json(200, (byte[]) null));
        assertMissing(
                "body must not be null: an answer without one is Answer.of(status)",
                () -> Answer.json(200, (String) null));
    }

    private static void assertMissing(String message, Runnable made) {
        assertEquals(
                message, assertThrows(NullPointerException.class, made::run).getMessage());
    }
}
