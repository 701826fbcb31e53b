// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriorityTest {

    @ParameterizedTest
    @CsvSource({
        "0, USER_ACTION",
        "1, USER_ACTION",
        "2, USER_ACTION",
        "3, NORMAL",
        "4, NORMAL",
        "5, BACKGROUND",
        "6, BACKGROUND",
        "7, BACKGROUND"
    })
    void isReadFromTheUrgency(int urgency, Priority expected) {
        assertEquals(expected, Priority.parse("u=" + urgency));
        assertEquals(expected, Priority.parse("i, u=" + urgency));
        assertEquals(expected, Priority.parse(" u=" + urgency + " ,\ti=?0"));
        assertEquals(expected, Priority.parse("u=" + urgency + ";x=y"));
    }

    @Test
    void isNormalWhereTheClientSaysNothing() {
        assertEquals(Priority.NORMAL, Priority.parse(null));
        assertEquals(Priority.NORMAL, Priority.parse(""));
        assertEquals(Priority.NORMAL, Priority.parse("i"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "u", "u=", "u=8", "u=-1", "u=00", "u=1.0", "u=\"0\"", "u =0", "U=0", "xu=0", "0", "u=0x", "=", ","
            })
    void isNormalWhereTheUrgencyCannotBeRead(String field) {
        assertEquals(Priority.NORMAL, Priority.parse(field));
    }

    @Test
    void isTheLastOfTwo() {
        assertEquals(Priority.BACKGROUND, Priority.parse("u=0, u=7"));
    }

    @Property
    void isFoundInAnyText(@ForAll String field) {
        assertNotNull(Priority.parse(field));
    }

    @Property
    void isFoundInAnyTextThatLooksLikeIt(
            @ForAll @CharRange(from = ' ', to = '=') @CharRange(from = 'u', to = 'u') String field) {
        assertNotNull(Priority.parse(field));
    }
}
