// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {

    @ParameterizedTest
    @ValueSource(strings = {"ada@example.org", " Ada@Example.ORG ", "ADA@EXAMPLE.ORG\n"})
    void hasOneSpelling(String typed) {
        assertEquals("ada@example.org", EmailAddress.parse(typed).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b+c@x.y", "o'neil@mail.example.co.uk", "_@xn--bcher-kva.example"})
    void takesWhatMailServersTake(String typed) {
        assertEquals(typed, EmailAddress.parse(typed).text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ada",
                "@example.org",
                "ada@",
                "ada@localhost",
                "ada@example..org",
                "ada@@example.org",
                "ada@example.org,eve@example.org",
                "ada@example.org\r\nBcc: eve@example.org",
                "Ada <ada@example.org>",
                "ad a@example.org",
                "\"ada\"@example.org",
                "\u212aate@example.org",
                "ad\u0430@example.org",
                "ada@b\u00fccher.example"
            })
    void refusesTheRest(String typed) {
        assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse(typed));
    }

    @Test
    void doesNotRepeatWhatItRefuses() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse("secret@"));

        assertFalse(refusal.getMessage().contains("secret"));
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 300})
    void refusesWhatIsTooLong(int length) {
        String typed = "a".repeat(length) + "@example.org";

        assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse(typed));
    }
}
