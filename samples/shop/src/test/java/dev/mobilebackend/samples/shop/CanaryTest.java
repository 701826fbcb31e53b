// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CanaryTest {

    private static final String SECRET = "p\u00e4ss \"word\"/&+100%";

    private final Canary canary = new Canary();

    @Test
    void findsASecretInEverySpelling() {
        byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
        List<String> spellings = List.of(
                "a " + SECRET + " b",
                "{\"password\":\"p\u00e4ss \\\"word\\\"/&+100%\"}",
                "?p=p%C3%A4ss+%22word%22%2F%26%2B100%25",
                "?p=p%c3%a4ss%20%22word%22%2f%26%2b100%25".replace("%20", "+"),
                Base64.getEncoder().encodeToString(bytes),
                Base64.getUrlEncoder().encodeToString(("a" + SECRET + "b").getBytes(StandardCharsets.UTF_8)),
                Base64.getUrlEncoder().encodeToString(("ab" + SECRET + "c").getBytes(StandardCharsets.UTF_8)),
                HexFormat.of().formatHex(bytes),
                HexFormat.of().withUpperCase().formatHex(bytes),
                Arrays.toString(SECRET.toCharArray()),
                Arrays.toString(bytes),
                new String(bytes, StandardCharsets.ISO_8859_1));

        for (String spelling : spellings) {
            var fresh = new Canary();
            fresh.show("log", spelling);
            fresh.hide("password", SECRET);
            assertEquals(Set.of("password in log"), fresh.found(), spelling);
        }
    }

    @Test
    void findsNothingWhereNothingIs() {
        canary.hide("password", SECRET);
        canary.show("log", "p\u00e4ss word 100%");

        assertEquals(Set.of(), canary.found());
    }
}
