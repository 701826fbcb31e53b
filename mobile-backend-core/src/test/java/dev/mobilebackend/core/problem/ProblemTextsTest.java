// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ListResourceBundle;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProblemTextsTest {

    private static final Problem SOLD_OUT = Problem.of(409, "sold-out", "Sold out.");

    private final ProblemTexts texts = ProblemTexts.shipped();

    @Test
    void saysATitleInTheLanguageOfTheClient() {
        assertEquals(
                "Hier ist nichts.",
                texts.in(Problem.NOT_FOUND, "de-AT, en;q=0.5").title());
        assertEquals("ここには何もありません。", texts.in(Problem.NOT_FOUND, "ja").title());
        assertEquals("لا يوجد شيء هنا.", texts.in(Problem.NOT_FOUND, "ar-EG").title());
    }

    @Test
    void changesNothingThatAProgramReads() {
        Problem problem = Problem.INVALID_INPUT
                .error("#/name", "is required")
                .with("limit", 3)
                .header("X", "y");

        Problem german = texts.in(problem, "de");

        assertEquals(problem.type(), german.type());
        assertEquals(problem.code(), german.code());
        assertEquals(problem.status(), german.status());
        assertEquals(problem.extensions(), german.extensions());
        assertEquals("y", german.headers().get("X"));
        assertEquals(new FieldError("#/name", "fehlt"), german.errors().get(0));
    }

    @Test
    void namesTheLanguageThatItSpeaks() {
        assertEquals("fr", texts.in(Problem.NOT_FOUND, "fr-CA").headers().get("Content-Language"));
        assertEquals(
                "en", ProblemWriter.fields(texts.in(Problem.NOT_FOUND, "it")).get("Content-Language"));
    }

    @Test
    void speaksEnglishToThoseWhoPreferIt() {
        assertEquals(
                "There is nothing here.",
                texts.in(Problem.NOT_FOUND, "en-GB, de").title());
        assertEquals(
                "There is nothing here.", texts.in(Problem.NOT_FOUND, "it, *").title());
        assertEquals("There is nothing here.", texts.in(Problem.NOT_FOUND, null).title());
    }

    @Test
    void translatesADetailThatIsAFixedText() {
        Problem fixed = Problem.PLAIN_HTTP.detail("use the https:// form of this address");
        Problem another = Problem.PLAIN_HTTP.detail("use the https:// form of that address");

        assertEquals(
                "bitte die https://-Form dieser Adresse verwenden",
                texts.in(fixed, "de").detail());
        assertEquals(another.detail(), texts.in(another, "de").detail());
    }

    @Test
    void takesAnApplicationsOwnProblemsAndLanguages() {
        ProblemTexts own = texts.and(
                bundle("", "sold-out.when", "back next week"),
                bundle("de", "sold-out", "Ausverkauft.", "sold-out.when", "nächste Woche wieder da"),
                bundle("pt-BR", "sold-out", "Esgotado."));
        Problem problem = SOLD_OUT.detail("back next week");

        assertEquals("Ausverkauft.", own.in(problem, "de").title());
        assertEquals("nächste Woche wieder da", own.in(problem, "de").detail());
        assertEquals("Esgotado.", own.in(problem, "pt-BR").title());
        assertEquals("pt-BR", own.in(problem, "pt-br").headers().get("Content-Language"));
        assertEquals(Set.of("ar", "de", "es", "fr", "ja", "pt-BR"), own.languages());
        assertFalse(texts.has("de", "sold-out"));
    }

    @Test
    void anApplicationSaysItInItsOwnWords() {
        ProblemTexts own = texts.and(bundle("de", "not-found", "Gibt es nicht."), bundle("en", "not-found", "Gone."));

        assertEquals("Gibt es nicht.", own.in(Problem.NOT_FOUND, "de").title());
        assertEquals(
                "Bei uns ist etwas schiefgegangen.",
                own.in(Problem.INTERNAL_ERROR, "de").title());
        assertEquals("Gone.", own.in(Problem.NOT_FOUND, "it").title());
    }

    @Test
    void takesTheSecondLanguageWhereTheFirstHasNoTitle() {
        ProblemTexts own = texts.and(bundle("fr", "sold-out", "Épuisé."));

        assertEquals("Épuisé.", own.in(SOLD_OUT, "de, fr;q=0.9").title());
        assertEquals("Sold out.", own.in(SOLD_OUT, "de, en;q=0.95, fr;q=0.9").title());
    }

    @Test
    void whatOnlyTheEnglishBundleHasCountsForNoOtherLanguage() {
        ResourceBundle german = ResourceBundle.getBundle("dev.mobilebackend.core.problem.partly", Locale.GERMAN);

        ProblemTexts own = ProblemTexts.english()
                .and(ResourceBundle.getBundle("dev.mobilebackend.core.problem.partly", Locale.ROOT), german);

        assertTrue(own.has("de", "translated"));
        assertFalse(own.has("de", "untranslated"));
    }

    @Test
    void everyLanguageHasTheSameTexts() {
        for (String tag : texts.languages()) {
            ResourceBundle bundle =
                    ResourceBundle.getBundle("dev.mobilebackend.core.problem.problems", Locale.forLanguageTag(tag));
            ResourceBundle german = ResourceBundle.getBundle("dev.mobilebackend.core.problem.problems", Locale.GERMAN);

            assertEquals(german.keySet(), bundle.keySet(), tag);
            assertEquals(Locale.forLanguageTag(tag), bundle.getLocale());
        }
    }

    private static ResourceBundle bundle(String tag, String... keysAndTexts) {
        return new ListResourceBundle() {
            @Override
            protected Object[][] getContents() {
                var contents = new Object[keysAndTexts.length / 2][];
                for (int i = 0; i < contents.length; i++) {
                    contents[i] = new Object[] {keysAndTexts[2 * i], keysAndTexts[2 * i + 1]};
                }
                return contents;
            }

            @Override
            public @Nullable Locale getLocale() {
                return tag.isEmpty() ? Locale.ROOT : Locale.forLanguageTag(tag);
            }
        };
    }
}
