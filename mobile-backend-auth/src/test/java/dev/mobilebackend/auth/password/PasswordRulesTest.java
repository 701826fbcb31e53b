// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.problem.FieldError;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.Whitespace;
import org.junit.jupiter.api.Test;

class PasswordRulesTest {

    private final PasswordRules rules = new PasswordRules(PasswordPolicy.standard());

    @Test
    void asksForFifteenCharacters() {
        assertEquals(
                List.of(new FieldError("#/password", "must have at least 15 characters")), check("14 characters."));
        assertEquals(List.of(), check("15 characters.."));
    }

    @Test
    void takesTwoHundredAndFiftySixCharactersAtMost() {
        assertEquals(List.of(), check("a".repeat(256)));
        assertEquals(List.of(new FieldError("#/password", "must have at most 256 characters")), check("a".repeat(257)));
        assertEquals(
                List.of(new FieldError("#/password", "must have at most 256 characters")), check("a".repeat(1 << 20)));
    }

    @Test
    void countsWhatAPersonSeesAsOneCharacterAsOne() {
        assertFalse(check("\ud83d\udc36".repeat(14)).isEmpty());
        assertEquals(List.of(), check("\ud83d\udc36".repeat(15)));
        assertFalse(check("e\u0301".repeat(14)).isEmpty());
    }

    @Test
    void refusesHalfACharacter() {
        assertEquals(
                List.of(new FieldError("#/password", "must be well-formed Unicode text")),
                check("fifteen letters\ud83d"));
    }

    @Property(tries = 200)
    void hasNoRulesOfComposition(
            @ForAll
                    @StringLength(min = 15, max = 256)
                    @AlphaChars
                    @Whitespace
                    @CharRange(from = '!', to = '~')
                    @CharRange(from = '\u4e00', to = '\u9fa5')
                    String password) {
        assertEquals(List.of(), check(password));
    }

    @Test
    void aPolicyBelowTheStandardIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PasswordPolicy(7, 64));
        assertThrows(IllegalArgumentException.class, () -> new PasswordPolicy(8, 63));
        assertThrows(IllegalArgumentException.class, () -> new PasswordPolicy(8, 4097));
        assertThrows(IllegalArgumentException.class, () -> new PasswordPolicy(100, 99));
    }

    private List<FieldError> check(String password) {
        return rules.check(password.toCharArray());
    }
}
