// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.util.regex.Pattern;

/**
 * A phone number in its international form (ITU-T E.164): a plus sign, a country code and up to 15 digits in all.
 * Whether somebody has it is shown by a code alone. What people type without a country code is for the app to complete:
 * it knows where its phone is.
 *
 * @param text such as {@code +4930123456}
 */
public record PhoneNumber(String text) implements Contact {

    private static final Pattern FORM = Pattern.compile("\\+[1-9][0-9]{6,14}");
    private static final Pattern TYPED = Pattern.compile("\\+[0-9]+(?:[ .-][0-9]+)*");

    public PhoneNumber {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("must be a phone number such as +4930123456, with 7 to 15 digits");
        }
    }

    /**
     * The number in what a person typed, with single spaces, dots or hyphens between its digits.
     *
     * @throws IllegalArgumentException if it is none; the message does not repeat it
     */
    public static PhoneNumber parse(String typed) {
        String text = typed.strip();
        return new PhoneNumber(
                text.length() <= 40 && TYPED.matcher(text).matches() ? text.replaceAll("[ .-]", "") : "");
    }

    @Override
    public Channel channel() {
        return Channel.SMS;
    }

    @Override
    public String toString() {
        return text;
    }
}
