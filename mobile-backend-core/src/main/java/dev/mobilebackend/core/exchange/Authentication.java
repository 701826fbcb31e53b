// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;

/**
 * When and how the person at the device last showed who they are: {@code auth_time} and {@code amr} of a token (RFC
 * 9068 section 2.2.1, RFC 8176).
 *
 * @param at to the second, as tokens say it; a refresh never moves it
 * @param methods such as {@code pwd} and {@code otp} (RFC 8176 section 2)
 */
public record Authentication(Instant at, Set<String> methods) {

    /** Nothing is known of it: long ago, by no method. */
    public static final Authentication UNKNOWN = new Authentication(Instant.EPOCH, Set.of());

    public Authentication {
        requireNonNull(at, "at must not be null");
        requireNonNull(methods, "methods must not be null: without any it is Set.of()");
        at = at.truncatedTo(ChronoUnit.SECONDS);
        methods = Set.copyOf(methods);
    }
}
