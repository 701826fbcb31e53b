// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.TestExchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @Test
    void readsABareKey() {
        assertEquals("8e03978e-40d5", IdempotencyKey.parse(" 8e03978e-40d5\t").value());
    }

    @Test
    void readsAQuotedKeyAsTheSameAsTheBareOne() {
        assertEquals(IdempotencyKey.parse("key-1"), IdempotencyKey.parse("\"key-1\""));
    }

    @Test
    void readsTheEscapesOfAQuotedKey() {
        assertEquals(
                "say \"hi\" \\o/",
                IdempotencyKey.parse("\"say \\\"hi\\\" \\\\o/\"").value());
    }

    @Property
    void readsWhateverCanBeQuoted(
            @ForAll @CharRange(from = ' ', to = '~') @StringLength(min = 1, max = 255) String value) {
        String quoted = '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';

        assertEquals(value, IdempotencyKey.parse(quoted).value());
    }

    @Property
    void neverFailsButByRefusing(@ForAll String header) {
        try {
            int length = IdempotencyKey.parse(header).value().length();
            assertTrue(length >= 1 && length <= 255);
        } catch (ProblemException refused) {
            assertEquals("idempotency-key-malformed", refused.problem().code());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\"",
                "\"\"",
                "two words",
                "\"open",
                "\"a\"b\"",
                "\"a\";p=1",
                "\"a\", \"b\"",
                "\"a\\\"",
                "\"\\n\"",
                "a\"b",
                "a\\b",
                "\u00e4",
                "\"\u00e4\"",
                "\"tab\there\""
            })
    void refusesWhatIsNoKey(String header) {
        Problem problem = assertThrows(ProblemException.class, () -> IdempotencyKey.parse(header))
                .problem();

        assertEquals(400, problem.status());
        assertEquals("idempotency-key-malformed", problem.code());
    }

    @Test
    void refusesAKeyThatIsTooLong() {
        assertEquals(255, IdempotencyKey.parse("k".repeat(255)).value().length());
        assertThrows(ProblemException.class, () -> IdempotencyKey.parse("k".repeat(256)));
    }

    @Test
    void tellsAClientWithoutAKeyHowLongKeysAreKept() {
        Exchange exchange = TestExchange.order("ann", null, "tea", NOW, IdempotencyPolicy.standard());

        Problem problem = assertThrows(ProblemException.class, () -> IdempotencyKey.of(exchange))
                .problem();

        assertEquals("idempotency-key-missing", problem.code());
        assertEquals(86_400L, problem.extensions().get("retentionSeconds"));
    }
}
