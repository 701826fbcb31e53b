// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * How often a phone sends one request, and how long it waits in between.
 *
 * @param attempts how often at most, the first time included
 * @param firstWait after the first lost answer; doubled after each further one, up to the longest
 * @param longestWait also what the application may ask for with {@code Retry-After}: an answer that asks for more is
 *     final
 */
public record RetryPolicy(int attempts, Duration firstWait, Duration longestWait) {

    /** Four attempts, 200 milliseconds, two minutes. */
    public static final RetryPolicy STANDARD = new RetryPolicy(4, Duration.ofMillis(200), Duration.ofMinutes(2));

    /** One attempt: what goes wrong is the test's to see. (A lost GET the JDK's own HTTP client repeats once.) */
    public static final RetryPolicy NEVER = new RetryPolicy(1, Duration.ZERO, Duration.ZERO);

    public RetryPolicy {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1, was " + attempts);
        }
        if (firstWait.isNegative() || longestWait.isNegative()) {
            throw new IllegalArgumentException("waits must not be negative, were " + firstWait + " and " + longestWait);
        }
    }

    /** How long to wait after the given attempt, the first being 1, was lost. */
    Duration waitAfter(int attempt) {
        Duration doubled = firstWait.multipliedBy(1L << Math.min(attempt - 1, 30));
        return doubled.compareTo(longestWait) < 0 ? doubled : longestWait;
    }

    /** How long to wait before asking again, if the reply is an invitation to do so (RFC 9110 section 10.2.3). */
    Optional<Duration> waitAskedBy(Reply reply, Instant now) {
        if (reply.status() != 429 && reply.status() != 503) {
            return Optional.empty();
        }
        return reply.header("Retry-After")
                .map(value -> parse(value, now))
                .filter(wait -> wait.compareTo(longestWait) <= 0);
    }

    private static Duration parse(String retryAfter, Instant now) {
        try {
            Duration wait = retryAfter.chars().allMatch(Character::isDigit)
                    ? Duration.ofSeconds(Long.parseLong(retryAfter))
                    : Duration.between(
                            now,
                            ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (NumberFormatException | DateTimeException malformed) {
            throw new IllegalStateException(
                    "Retry-After must be seconds or an HTTP date, was '" + retryAfter + "'", malformed);
        }
    }
}
