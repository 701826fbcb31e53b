// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptLanguageTest {

    private static final Set<String> THERE = Set.of("de", "fr", "zh-hant", "pt-br");

    @Test
    void takesTheLanguageWithTheGreatestWeight() {
        assertEquals("fr", lookup("de;q=0.5, fr;q=0.501, pt-BR;q=0.5"));
        assertEquals("fr", lookup("de;q=0.9,fr"));
    }

    @Test
    void takesTheFirstOfEqualWeight() {
        assertEquals("de", lookup("it, de, fr"));
    }

    @Test
    void shortensARangeUntilItNamesALanguage() {
        assertEquals("de", lookup("de-AT-1996"));
        assertEquals("zh-hant", lookup("zh-Hant-CN-x-private1-private2"));
        assertEquals("de", lookup("de-a-ext"));
    }

    @Test
    void doesNotLengthenARange() {
        assertNull(lookup("pt, zh"));
    }

    @Test
    void passesOverALanguageThatIsNotWanted() {
        assertEquals("fr", lookup("de;q=0, fr;q=0.1"));
        assertNull(lookup("de;q=0.000"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "*",
                "*;q=0.5",
                "de;q=",
                "de;q=2",
                "de;q=1.001",
                "de;q=0.1234",
                "de;q=-1",
                "de;q=0,5x",
                "de;q=x",
                "de;level=1",
                "de_AT",
                "de--AT",
                "-de",
                "de-",
                "d\u00e9",
                "deutschland",
                "de fr",
                ";q=1"
            })
    void wantsNothingThatItCannotRead(String field) {
        assertNull(lookup(field), field);
    }

    @Test
    void readsNoMoreThanAPhoneSends() {
        assertEquals("de", lookup(" ".repeat(998) + "de"));
        assertNull(lookup(" ".repeat(999) + "de"));
        assertNull(lookup("xx,".repeat(20) + "de"));
        assertEquals("de", lookup("xx,".repeat(19) + "de"));
    }

    @Property
    void readsWhateverIsSent(@ForAll String field) {
        String found = lookup(field);

        assertTrue(found == null || THERE.contains(found));
    }

    @Property
    void choosesAsTheJdkDoesAmongWellFormedRanges(@ForAll("fields") String field) {
        List<Locale> there = THERE.stream().sorted().map(Locale::forLanguageTag).toList();
        Locale expected = Locale.lookup(Locale.LanguageRange.parse(field), there);

        assertEquals(expected == null ? null : expected.toLanguageTag().toLowerCase(Locale.ROOT), lookup(field));
    }

    @Provide
    Arbitrary<String> fields() {
        Arbitrary<String> tags = Arbitraries.of("de", "de-CH", "fr-CA", "it", "pt-BR", "zh-Hant-TW", "nl-BE", "ko");
        Arbitrary<String> weights = Arbitraries.of("", ";q=0.1", ";q=0.25", ";q=0.999", ";q=1", ";q=1.000");
        return tags.flatMap(tag -> weights.map(weight -> tag + weight))
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .uniqueElements(range -> range.split(";", -1)[0])
                .map(ranges -> ranges.stream().collect(Collectors.joining(", ")));
    }

    private static @Nullable String lookup(String field) {
        return AcceptLanguage.parse(field).lookup(THERE::contains);
    }
}
