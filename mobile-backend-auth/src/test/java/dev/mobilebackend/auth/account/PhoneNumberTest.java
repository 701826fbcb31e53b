// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumberTest {

    @ParameterizedTest
    @ValueSource(strings = {"+4930123456", " +49 30 123456 ", "+49-30-12.34.56", "+4 9 3 0 1 2 3 4 5 6"})
    void readsTheInternationalFormAsPeopleTypeIt(String typed) {
        assertEquals(new PhoneNumber("+4930123456"), PhoneNumber.parse(typed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+",
                "030123456",
                "004930123456",
                "+0301234567",
                "+49301",
                "+1234567890123456",
                "+49 (0) 30 123456",
                "+49  30 123456",
                "+49 30 123456 ext 7",
                "+49\u0663\u0660123456",
                "+49 30 123456\n+1 900 5550100",
                "ada@example.org"
            })
    void refusesEverythingElse(String typed) {
        assertThrows(IllegalArgumentException.class, () -> PhoneNumber.parse(typed));
    }
}
