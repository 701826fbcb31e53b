// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LogTextTest {

    @Test
    void leavesAPlainWordAsItIs() {
        assertEquals("/v1/orders/{id}", appended("/v1/orders/{id}"));
        assertEquals("2.4.1+build:7~a_b", appended("2.4.1+build:7~a_b"));
    }

    @Test
    void quotesAndEscapesEverythingElse() {
        assertEquals("\"\"", appended(""));
        assertEquals("\"two words\"", appended("two words"));
        assertEquals("\"a=b\"", appended("a=b"));
        assertEquals("\"say \\\"no\\\" \\\\\"", appended("say \"no\" \\"));
        assertEquals("\"a\\u000d\\u000ab\\u001b\\u2028\\u202e\"", appended("a\r\nb\u001b\u2028\u202e"));
    }

    @Test
    void cutsWhatIsLongerThanAnyValueShouldBe() {
        assertEquals('"' + "x".repeat(256) + "...\"", appended("x".repeat(257)));
        assertEquals("x".repeat(256), appended("x".repeat(256)));
    }

    @Test
    void letsNoCharacterThroughThatIsNotPrintableAscii() {
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            String value = "a" + (char) c + "b";
            assertTrue(isPrintable(appended(value)), () -> "appended " + LogText.clean(value));
            assertTrue(isPrintable(LogText.clean(value)), () -> "cleaned " + LogText.clean(value));
        }
    }

    @Property
    void givesEachValueAFormOfItsOwnThatNoOtherFieldCanStandIn(@ForAll String value) {
        String field = appended(value);

        assertTrue(isPrintable(field) && field.length() <= 6 * 256 + 5, field);
        if (value.length() <= 256) {
            assertEquals(value, ReadLine.value(field));
        }
    }

    private static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    private static String appended(String value) {
        var line = new StringBuilder();
        LogText.append(line, value);
        return line.toString();
    }
}
