// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.problem.FieldError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is accepted as a new password (NIST SP 800-63B-4 section 3.1.1.2): long enough, any character, no rules of
 * composition, and as a whole neither easy to guess nor known from a breach. Immutable and thread safe.
 *
 * <pre>{@code
 * var rules = PasswordRules.builder(PasswordPolicy.standard())
 *         .words("shop")
 *         .breached(BreachedPasswordFile.open(Path.of("breached.mbpw")))
 *         .build();
 * }</pre>
 */
public final class PasswordRules {

    /**
     * As many guesses as zxcvbn's authors take for the least that withstands an attacker who has the hashes and tries
     * without limit for some hours; a sign-in guard lets through far fewer.
     */
    private static final double FEWEST_GUESSES = 1e8;

    private static final String POINTER = "#/password";
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final int SHORTEST_WORD = 3;

    private final PasswordPolicy policy;
    private final List<String> words;
    private final BreachedPasswords breached;

    private PasswordRules(Builder chosen) {
        policy = chosen.policy;
        words = List.copyOf(chosen.words);
        breached = chosen.breached;
    }

    /** Rules that know neither the service's name nor any breach. */
    public PasswordRules(PasswordPolicy policy) {
        this(builder(policy));
    }

    public static Builder builder(PasswordPolicy policy) {
        return new Builder(policy);
    }

    /** What is wrong with a new password of somebody unknown, empty if it is accepted. The array is left as it is. */
    public List<FieldError> check(char[] password) {
        return check(password, List.of());
    }

    /**
     * What is wrong with a new password, empty if it is accepted. The array is left as it is.
     *
     * @param known what its owner is known by, such as their address; it and its parts are guessed first
     */
    public List<FieldError> check(char[] password, Collection<String> known) {
        if (password.length > PasswordPolicy.LONGEST) {
            return tooLong();
        }
        if (!PasswordText.isWellFormed(password)) {
            return error("must be well-formed Unicode text");
        }
        int length = PasswordText.length(password);
        if (length < policy.minLength()) {
            return error("must have at least " + policy.minLength() + " characters");
        }
        if (length > policy.maxLength()) {
            return tooLong();
        }
        List<String> own = new ArrayList<>(words);
        known.forEach(text -> own.addAll(withParts(text)));
        GuessEstimate estimate = GuessEstimate.of(password, own);
        if (estimate.guesses() < FEWEST_GUESSES) {
            return error(
                    estimate.ofOwnWords()
                            ? "is little more than your address or the name of this service: take something that has"
                                    + " nothing to do with them"
                            : "is easy to guess: take a longer one, such as four words that have nothing to do with each"
                                    + " other");
        }
        return breached.contains(password)
                ? error("has turned up in a breach of some other service: take one that is used nowhere else")
                : List.of();
    }

    private List<FieldError> tooLong() {
        return error("must have at most " + policy.maxLength() + " characters");
    }

    private static List<FieldError> error(String text) {
        return List.of(new FieldError(POINTER, text));
    }

    private static Set<String> withParts(String text) {
        Set<String> all = new LinkedHashSet<>();
        all.add(text);
        Arrays.stream(BETWEEN_WORDS.split(text, -1))
                .filter(word -> word.length() >= SHORTEST_WORD)
                .forEach(all::add);
        return all;
    }

    /** Chooses what may be chosen beside the policy. */
    public static final class Builder {

        private final PasswordPolicy policy;
        private final Set<String> words = new LinkedHashSet<>();
        private BreachedPasswords breached = password -> false;

        private Builder(PasswordPolicy policy) {
            this.policy = requireNonNull(policy, "policy must not be null: such as PasswordPolicy.standard()");
        }

        /** What the service is known by, such as its name: guessed first, with its parts. */
        public Builder words(String... names) {
            requireNonNull(names, "words must not be null: leave them out where there are none");
            for (String name : names) {
                requireNonNull(name, "a word must not be null: leave it out");
                words.addAll(withParts(name));
            }
            return this;
        }

        /** Refuses what is known from breaches; nothing is known unless said otherwise. */
        public Builder breached(BreachedPasswords list) {
            breached = requireNonNull(list, "breached must not be null: leave it out where nothing is known");
            return this;
        }

        public PasswordRules build() {
            return new PasswordRules(this);
        }
    }
}
