// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.problem;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What problems say in other languages than English. Type, code and everything that a program reads stay as they are.
 * Immutable.
 *
 * <pre>{@code
 * Edge.builder().texts(ProblemTexts.shipped().and(
 *         ResourceBundle.getBundle("shop.problems", Locale.ROOT),      // sold-out.when = it will be back next week
 *         ResourceBundle.getBundle("shop.problems", Locale.GERMAN)))   // sold-out = Ausverkauft.
 * }</pre>
 *
 * In a bundle the key of a title is the problem's code. Under any other key stands a text that a detail or a field's
 * error is made of, in English in the bundle of the root locale: it is translated wherever just that text would be
 * sent.
 */
public final class ProblemTexts {

    private static final String ENGLISH = "en";
    private static final String BUNDLE = "dev.mobilebackend.core.problem.problems";
    private static final ProblemTexts SHIPPED = ship("ar", "de", "es", "fr", "ja");

    private record Language(String tag, Map<String, String> titles, Map<String, String> texts) {

        String text(String english) {
            return texts.getOrDefault(english, english);
        }
    }

    private final Map<String, String> english;
    private final Map<String, Language> languages;

    private ProblemTexts(Map<String, String> english, Map<String, Language> languages) {
        this.english = english;
        this.languages = languages;
    }

    /** English alone, as it stands in the code. */
    public static ProblemTexts english() {
        return new ProblemTexts(Map.of(), Map.of());
    }

    /** Arabic, French, German, Japanese and Spanish for every problem of this library. */
    public static ProblemTexts shipped() {
        return SHIPPED;
    }

    private static ProblemTexts ship(String... tags) {
        var bundles = new ResourceBundle[tags.length + 1];
        bundles[0] = ResourceBundle.getBundle(BUNDLE, Locale.ROOT);
        for (int i = 0; i < tags.length; i++) {
            bundles[i + 1] = ResourceBundle.getBundle(BUNDLE, Locale.forLanguageTag(tags[i]));
        }
        return english().and(bundles);
    }

    /**
     * These texts and an application's own, which go before them: for its own problems, for more languages, or to say
     * something else. Each bundle counts for the language of its own locale.
     */
    public ProblemTexts and(ResourceBundle... bundles) {
        requireNonNull(bundles, "bundles must not be null");
        for (ResourceBundle bundle : bundles) {
            requireNonNull(bundle, "a bundle must not be null: leave it out");
        }
        var base = new HashMap<>(english);
        var all = new HashMap<>(languages);
        for (ResourceBundle bundle : bundles) {
            if (isEnglish(bundle.getLocale())) {
                bundle.keySet().forEach(key -> base.put(key, bundle.getString(key)));
            }
        }
        for (ResourceBundle bundle : bundles) {
            if (!isEnglish(bundle.getLocale())) {
                add(bundle, base, all);
            }
        }
        return new ProblemTexts(Map.copyOf(base), Map.copyOf(all));
    }

    private static boolean isEnglish(Locale locale) {
        return locale.equals(Locale.ROOT) || locale.equals(Locale.ENGLISH);
    }

    private static void add(ResourceBundle bundle, Map<String, String> base, Map<String, Language> all) {
        String tag = bundle.getLocale().toLanguageTag();
        String name = tag.toLowerCase(Locale.ROOT);
        Language before = all.getOrDefault(name, new Language(tag, Map.of(), Map.of()));
        var titles = new HashMap<>(before.titles);
        var texts = new HashMap<>(before.texts);
        for (String key : bundle.keySet()) {
            String text = bundle.getString(key);
            String source = base.get(key);
            if (source == null) {
                titles.put(key, text);
            } else if (!source.equals(text)) { // a bundle also shows what only its parent, the English one, has
                titles.put(key, text);
                texts.put(source, text);
            }
        }
        all.put(name, new Language(tag, Map.copyOf(titles), Map.copyOf(texts)));
    }

    /** The languages that there are, by their tags (RFC 5646), without English. */
    public Set<String> languages() {
        var tags = new TreeSet<String>();
        languages.values().forEach(language -> tags.add(language.tag));
        return tags;
    }

    /** Whether a language has a title for a code. */
    public boolean has(String tag, String code) {
        Language language = languages.get(tag.toLowerCase(Locale.ROOT));
        return language != null && language.titles.containsKey(code);
    }

    /**
     * A problem in the first language that the client accepts and that has its title, with {@code Content-Language};
     * otherwise in English.
     *
     * @param acceptLanguage the request's {@code Accept-Language}, whatever it says
     */
    public Problem in(Problem problem, @Nullable String acceptLanguage) {
        String found =
                AcceptLanguage.parse(acceptLanguage).lookup(tag -> tag.equals(ENGLISH) || has(tag, problem.code()));
        Language language = found == null ? null : languages.get(found);
        if (language == null) {
            String title = english.get(problem.code());
            return title == null ? problem : problem.worded(title, problem.detail(), problem.errors());
        }
        String detail = problem.detail();
        List<FieldError> errors = problem.errors().stream()
                .map(error -> new FieldError(error.pointer(), language.text(error.detail())))
                .toList();
        return problem.worded(
                        language.titles.getOrDefault(problem.code(), problem.title()),
                        detail == null ? null : language.text(detail),
                        errors)
                .header("Content-Language", language.tag);
    }
}
