// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The provider token of the moment. APNs refuses one that is older than an hour, and one that is made within twenty
 * minutes after another. Thread safe.
 */
final class ApnsTokens {

    private static final Duration LIFETIME = Duration.ofMinutes(45);
    static final Duration PAUSE = Duration.ofMinutes(20);

    private final ApnsKey key;
    private final InstantSource clock;
    private @Nullable Token current;
    private @Nullable Instant refusedAt;

    record Token(String text, Instant issued) {
        @Override
        public String toString() {
            return "Token[" + issued + ", hidden]";
        }
    }

    ApnsTokens(ApnsKey key, InstantSource clock) {
        this.key = key;
        this.clock = clock;
    }

    synchronized Token current() {
        Instant now = clock.instant();
        Token known = current;
        return known != null && isWithin(LIFETIME, known.issued, now) ? known : made(now);
    }

    /** Another one in place of what APNs calls expired; null where it has called one so a short time ago. */
    synchronized @Nullable Token insteadOf(Token expired) {
        Instant now = clock.instant();
        if (current != null && !current.equals(expired)) {
            return current;
        }
        if (refusedAt != null && isWithin(PAUSE, refusedAt, now)) {
            return null;
        }
        refusedAt = now;
        return made(now);
    }

    private Token made(Instant now) {
        var token = new Token(key.token(now), now);
        current = token;
        return token;
    }

    /** A clock that was set back has not been there yet. */
    private static boolean isWithin(Duration span, Instant start, Instant now) {
        return !now.isBefore(start) && now.isBefore(start.plus(span));
    }
}
