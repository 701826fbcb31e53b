// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An email address in its one normal form, lower case throughout: two spellings of one mailbox are one account.
 * Internationalised domains come in their ASCII form, and the part before the @ is ASCII too, so that no two addresses
 * look alike (RFC 5321 section 2.3.11 lets the receiving host decide about case; none of note tells them apart).
 *
 * @param text such as {@code ada@example.org}
 */
public record EmailAddress(String text) implements Contact {

    private static final Pattern FORM =
            Pattern.compile("[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63})+");
    private static final int LONGEST = 254;

    public EmailAddress {
        if (text.length() > LONGEST || !FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must be an email address such as ada@example.org, in lower case and up to 254 characters");
        }
    }

    /**
     * The address in what a person typed.
     *
     * @throws IllegalArgumentException if it is none; the message does not repeat it
     */
    public static EmailAddress parse(String typed) {
        String text = typed.strip();
        // Lower case of a letter outside ASCII can be inside it: the Kelvin sign becomes k.
        if (!text.chars().allMatch(c -> c < 128)) {
            throw new IllegalArgumentException("must be an email address such as ada@example.org, in ASCII");
        }
        return new EmailAddress(text.toLowerCase(Locale.ROOT));
    }

    @Override
    public Channel channel() {
        return Channel.MAIL;
    }

    @Override
    public String toString() {
        return text;
    }
}
