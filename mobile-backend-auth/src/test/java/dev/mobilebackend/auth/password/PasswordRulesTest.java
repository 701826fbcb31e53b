// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.problem.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.Whitespace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordRulesTest {

    private static final String PASSPHRASE = "correct horse battery staple";
    private static final List<FieldError> TOO_SHORT =
            List.of(new FieldError("#/password", "must have at least 15 characters"));
    private static final String EASY =
            "is easy to guess: take a longer one, such as four words that have nothing to do with each other";
    private static final String OWN_WORDS =
            "is little more than your address or the name of this service: take something"
                    + " that has nothing to do with them";

    private final PasswordRules rules = new PasswordRules(PasswordPolicy.standard());

    @Test
    void asksForFifteenCharacters() {
        assertEquals(
                List.of(new FieldError("#/password", "must have at least 15 characters")), check("14 characters."));
        assertEquals(List.of(), check("15 hedgehogs..."));
    }

    @Test
    void takesTwoHundredAndFiftySixCharactersAtMost() {
        assertEquals(List.of(), check(PASSPHRASE + "a".repeat(256 - PASSPHRASE.length())));
        assertEquals(
                List.of(new FieldError("#/password", "must have at most 256 characters")),
                check(PASSPHRASE + "a".repeat(257 - PASSPHRASE.length())));
        assertEquals(
                List.of(new FieldError("#/password", "must have at most 256 characters")), check("a".repeat(1 << 20)));
    }

    @Test
    void countsWhatAPersonSeesAsOneCharacterAsOne() {
        String animals = IntStream.range(0, 15)
                .mapToObj(i -> Character.toString(0x1f400 + i * 7 % 60))
                .collect(Collectors.joining());
        String accented = "kwomzgurcpalsen".replaceAll(".", "$0\u0301");

        assertEquals(TOO_SHORT, check(animals.substring(2)));
        assertEquals(List.of(), check(animals));
        assertEquals(TOO_SHORT, check(accented.substring(2)));
        assertEquals(List.of(), check(accented));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "passwordpassword",
                "P@ssw0rdP@ssw0rd",
                "drowssapdrowssap",
                "123456789012345",
                "aaaaaaaaaaaaaaa",
                "abcdefghijklmnopqrst",
                "qwertyuiopasdfgh",
                "iloveyou12345678",
                "Summer2026!Summer2026!",
                "11/11/197011/11/1970",
                "p4$$w0rd1234567890"
            })
    void refusesWhatIsEasyToGuess(String password) {
        assertEquals(EASY, detail(check(password)));
    }

    @Test
    void refusesWhatIsEasyToGuessAtAnyLength() {
        assertEquals(EASY, detail(check("ab".repeat(128))));
        assertEquals(EASY, detail(check("password".repeat(32))));
    }

    @ParameterizedTest
    @ValueSource(strings = {PASSPHRASE, "correct horse battery", "der Igel trinkt kalten Kaffee", "kx7q2m9w4v5t8y3u"})
    void takesWhatIsNot(String password) {
        assertEquals(List.of(), check(password));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lovelace@example.org", "exampleLovelace", "LovelaceBookshop", "b00ksh0pl0velace"})
    void refusesWhatTheOwnerOrTheServiceIsKnownBy(String password) {
        var ofBookshop = PasswordRules.builder(PasswordPolicy.standard())
                .words("The Bookshop")
                .build();

        List<FieldError> errors = ofBookshop.check(password.toCharArray(), List.of("lovelace@example.org"));

        assertEquals(OWN_WORDS, detail(errors));
    }

    @Test
    void aPassphraseMayHaveTheNameOfTheServiceInIt() {
        var ofBookshop = PasswordRules.builder(PasswordPolicy.standard())
                .words("Bookshop")
                .build();

        assertEquals(
                List.of(),
                ofBookshop.check("the hedgehog burnt my bookshop".toCharArray(), List.of("ada@example.org")));
    }

    @Test
    void refusesWhatIsBreachedAfterAllElse() {
        var asked = new ArrayList<String>();
        var informed = PasswordRules.builder(PasswordPolicy.standard())
                .breached(password -> asked.add(new String(password)))
                .build();

        List<FieldError> errors = informed.check(PASSPHRASE.toCharArray());
        informed.check("short".toCharArray());
        informed.check("passwordpassword".toCharArray());

        assertEquals(
                "has turned up in a breach of some other service: take one that is used nowhere else", detail(errors));
        assertEquals(List.of(PASSPHRASE), asked);
    }

    /** Written with digits and symbols, zxcvbn itself takes seconds for each of these. */
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void looksAtTheWorstTextQuickly() {
        var random = new SplittableRandom(7);
        String worst = "4@8({[<3691!|0$5+7%2";

        for (int i = 0; i < 50; i++) {
            String text = random.ints(256, 0, worst.length())
                    .mapToObj(at -> worst.substring(at, at + 1))
                    .collect(Collectors.joining());
            assertEquals(List.of(), check(text));
        }
    }

    @Test
    void refusesHalfACharacter() {
        assertEquals(
                List.of(new FieldError("#/password", "must be well-formed Unicode text")),
                check("fifteen letters\ud83d"));
    }

    /** Edge cases are one character over and over. */
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
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

    private static String detail(List<FieldError> errors) {
        return errors.stream().map(FieldError::detail).collect(Collectors.joining());
    }

    private List<FieldError> check(String password) {
        return rules.check(password.toCharArray());
    }
}
