// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.tomcat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void listensOnThisMachineAloneUnlessToldOtherwise() {
        Settings settings = Settings.from(Map.of());

        assertEquals("127.0.0.1", settings.host().getHostAddress());
        assertEquals(8080, settings.port());
    }

    @Test
    void namesTheVariableThatCannotBeMeant() {
        assertRefused("PORT must be a number from 0 to 65535, was 'abc'", "PORT", "abc");
        assertRefused("PORT must be a number from 0 to 65535, was '70000'", "PORT", "70000");
        assertRefused(
                "HOST must be an address or a name of this machine, was 'no.such.invalid'", "HOST", "no.such.invalid");
        assertRefused("HOST must not be empty: give it a value, or do not set it", "HOST", "");
        assertRefused("DATABASE_URL must not be empty: give it a value, or do not set it", "DATABASE_URL", "");
    }

    private static void assertRefused(String message, String variable, String value) {
        Throwable refused = assertThrows(IllegalArgumentException.class, () -> Settings.from(Map.of(variable, value)));
        assertEquals(message, refused.getMessage());
    }
}
