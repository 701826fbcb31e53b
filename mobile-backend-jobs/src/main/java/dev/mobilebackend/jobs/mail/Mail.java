// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.mail;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One mail to one address.
 *
 * <pre>{@code
 * Mail.of(order.email(), "Your receipt", "You bought ...").html("<p>You bought ...")
 * }</pre>
 *
 * @param to an address alone, without a name
 * @param text for those that show no HTML
 */
public record Mail(
        String to, String subject, String text, @Nullable String html) {

    /** What is in no address, and would add a recipient or a field to the head of a mail. */
    private static final Pattern ADDRESS =
            Pattern.compile("[^\\s\\p{Cntrl}<>,;:\"@]{1,64}@[^\\s\\p{Cntrl}<>,;:\"@]{1,255}");

    private static final Pattern SUBJECT = Pattern.compile("[^\\p{Cntrl}\\u2028\\u2029]{1,255}");

    public Mail {
        requireNonNull(text, "text must not be null");
        if (!ADDRESS.matcher(to).matches()) {
            throw new IllegalArgumentException("to must be one address, had " + to.length() + " characters");
        }
        if (!SUBJECT.matcher(subject).matches()) {
            throw new IllegalArgumentException(
                    "subject must be one line of 1 to 255 characters, had " + subject.length());
        }
    }

    public static Mail of(String to, String subject, String text) {
        return new Mail(to, subject, text, null);
    }

    public Mail html(String page) {
        return new Mail(to, subject, text, page);
    }

    @Override
    public String toString() {
        return "Mail[hidden]";
    }
}
