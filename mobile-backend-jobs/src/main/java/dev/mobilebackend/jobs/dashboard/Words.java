// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import dev.mobilebackend.jobs.JobsView.Count;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers and times as people read them. */
final class Words {

    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Words() {}

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String number(Count count) {
        return number(count.jobs()) + (count.more() ? "+" : "");
    }

    /** In one unit, and with one decimal where it is small. */
    static String span(Duration span) {
        double seconds = span.toNanos() / 1e9;
        if (seconds < 1) {
            return decimal(seconds * 1_000) + " ms";
        }
        if (seconds < 100) {
            return decimal(seconds) + " s";
        }
        return span.toMinutes() < 100
                ? span.toMinutes() + " min"
                : span.toHours() < 48 ? span.toHours() + " h" : span.toDays() + " days";
    }

    /** How long ago a moment is, or in how long it comes, with the moment itself for whoever points at it. */
    static Html ago(Instant moment, Instant now) {
        Duration since = Duration.between(moment, now);
        String words = since.abs().toMillis() < 500
                ? "now"
                : since.isNegative() ? "in " + span(rounded(since.negated())) : span(rounded(since)) + " ago";
        return Html.of("<time datetime=\"{}\" title=\"{}\">{}</time>", moment, MOMENT.format(moment), words);
    }

    static String moment(Instant moment) {
        return MOMENT.format(moment);
    }

    static String clock(Instant moment) {
        return CLOCK.format(moment);
    }

    private static Duration rounded(Duration span) {
        return Duration.ofSeconds(Math.round(span.toMillis() / 1000.0));
    }

    private static String decimal(double number) {
        return String.format(Locale.ROOT, number < 10 && number != Math.rint(number) ? "%.1f" : "%.0f", number);
    }
}
