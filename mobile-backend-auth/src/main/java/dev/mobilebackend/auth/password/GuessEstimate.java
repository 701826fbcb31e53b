// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import com.nulabinc.zxcvbn.Context;
import com.nulabinc.zxcvbn.MatchSequence;
import com.nulabinc.zxcvbn.Scoring;
import com.nulabinc.zxcvbn.StandardDictionaries;
import com.nulabinc.zxcvbn.StandardKeyboards;
import com.nulabinc.zxcvbn.WipeableString;
import com.nulabinc.zxcvbn.matchers.DateMatcher;
import com.nulabinc.zxcvbn.matchers.Dictionary;
import com.nulabinc.zxcvbn.matchers.DictionaryMatcher;
import com.nulabinc.zxcvbn.matchers.Keyboard;
import com.nulabinc.zxcvbn.matchers.Match;
import com.nulabinc.zxcvbn.matchers.RegexMatcher;
import com.nulabinc.zxcvbn.matchers.RepeatMatcher;
import com.nulabinc.zxcvbn.matchers.ReverseDictionaryMatcher;
import com.nulabinc.zxcvbn.matchers.SequenceMatcher;
import com.nulabinc.zxcvbn.matchers.SpatialMatcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many guesses an attacker needs who tries common passwords, words, names, keyboard walks, dates, sequences and
 * repeats of them first: zxcvbn (Wheeler, USENIX Security 2016) over its lists.
 *
 * <p>Its matcher of letters that are written as digits and symbols is left out, because its work grows exponentially
 * with how many of them there are: seconds for a hundred characters. Instead each of them is read as its letter, once.
 *
 * @param guesses about as many
 * @param ofOwnWords whether words that this person or service is known by are part of the password
 */
record GuessEstimate(double guesses, boolean ofOwnWords) {

    /** More is not looked at: the work grows with the square. */
    private static final int LONGEST = 64;

    private static final String OWN = "own_words";
    private static final String WRITTEN = "4@8({[<3691!|0$5+7%2";
    private static final String READ = "aabcccceggiilossttxz";

    static GuessEstimate of(char[] password, Collection<String> ownWords) {
        char[] head = PasswordText.head(password, LONGEST);
        var text = new WipeableString(head);
        var read = new WipeableString(asLetters(head));
        try {
            Map<String, Map<String, Integer>> lists = Lists.RANKED;
            if (!ownWords.isEmpty()) {
                lists = new HashMap<>(lists);
                lists.put(OWN, ranks(ownWords));
            }
            Context context = Lists.CONTEXT;
            var words = new DictionaryMatcher(context, lists);
            List<Match> matches = new ArrayList<>(words.execute(text));
            matches.addAll(words.execute(read));
            matches.addAll(new ReverseDictionaryMatcher(context, lists).execute(text));
            matches.addAll(new SpatialMatcher(context).execute(text));
            matches.addAll(new SequenceMatcher(context).execute(text));
            matches.addAll(new RegexMatcher(context).execute(text));
            matches.addAll(new DateMatcher(context).execute(text));
            // What is repeated is looked at with all matchers; read as letters, nothing is left for the costly one.
            matches.addAll(new RepeatMatcher(context).execute(read));
            MatchSequence easiest = new Scoring(context).calculateMostGuessableMatchSequence(text, matches);
            return new GuessEstimate(
                    easiest.getGuesses(),
                    easiest.getSequence().stream().anyMatch(match -> OWN.equals(match.dictionaryName)));
        } finally {
            text.wipe();
            read.wipe();
        }
    }

    private static char[] asLetters(char[] text) {
        char[] letters = text.clone();
        for (int i = 0; i < letters.length; i++) {
            int at = WRITTEN.indexOf(letters[i]);
            letters[i] = at < 0 ? letters[i] : READ.charAt(at);
        }
        return letters;
    }

    private static Map<String, Integer> ranks(Collection<String> words) {
        Map<String, Integer> ranks = new HashMap<>();
        for (String word : words) {
            ranks.putIfAbsent(word.toLowerCase(Locale.ROOT), ranks.size() + 1);
        }
        return ranks;
    }

    /** About 10 MB that are read when the first password is looked at. */
    private static final class Lists {

        private static final Map<String, Map<String, Integer>> RANKED = new HashMap<>();
        private static final Context CONTEXT = load();

        private static Context load() {
            try {
                Map<String, Dictionary> dictionaries = new HashMap<>();
                for (Dictionary each : StandardDictionaries.loadAllDictionaries()) {
                    dictionaries.put(each.getName(), each);
                    RANKED.put(each.getName(), each.getRankedDictionary());
                }
                Map<String, Keyboard> keyboards = new HashMap<>();
                for (Keyboard each : StandardKeyboards.loadAllKeyboards()) {
                    keyboards.put(each.getName(), each);
                }
                return new Context(dictionaries, keyboards);
            } catch (IOException damaged) {
                throw new UncheckedIOException("could not read zxcvbn's lists from its jar", damaged);
            }
        }
    }
}
