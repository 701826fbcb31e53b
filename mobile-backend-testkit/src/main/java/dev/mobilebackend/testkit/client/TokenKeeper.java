// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one install. However many requests find them used up, they are refreshed once: the first request does
 * it, the others wait for its result.
 */
final class TokenKeeper {

    private final InstantSource clock;
    private final Function<String, Reply> refresh;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private volatile @Nullable Tokens tokens;

    /**
     * Keeps the tokens of a phone that starts with these.
     *
     * @param refresh sends one refresh token to the application
     */
    TokenKeeper(InstantSource clock, Function<String, Reply> refresh, @Nullable Tokens tokens) {
        this.clock = clock;
        this.refresh = refresh;
        this.tokens = tokens;
    }

    Optional<Tokens> current() {
        return Optional.ofNullable(tokens);
    }

    /** What a request should carry now: the tokens, refreshed if they are about to expire. */
    Optional<Tokens> forRequest() {
        Tokens kept = tokens;
        return kept == null || clock.instant().isBefore(kept.renewFrom()) ? current() : replace(kept);
    }

    /** What stands in the place of tokens that were refused, or nothing if there is no better. */
    Optional<Tokens> insteadOf(Tokens refused) {
        return replace(refused).filter(now -> !now.equals(refused));
    }

    void keep(Reply signedIn) {
        tokens = Tokens.in(signedIn, clock.instant());
    }

    /** Keeps an access token that came without a refresh token. */
    void keepAccess(Reply steppedUp) {
        oneAtATime.lock();
        try {
            Tokens kept = tokens;
            if (kept != null) {
                tokens = kept.withAccess(steppedUp, clock.instant());
            }
        } finally {
            oneAtATime.unlock();
        }
    }

    void forget() {
        tokens = null;
    }

    /**
     * Asks the application for new tokens, whatever the age of these.
     *
     * @throws IllegalStateException if there are none
     */
    Reply refresh() {
        oneAtATime.lock();
        try {
            Tokens used = tokens;
            if (used == null) {
                throw new IllegalStateException("nobody is signed in on this phone: signIn(...) first");
            }
            Reply reply = refresh.apply(used.refreshToken());
            if (reply.status() == 200) {
                keep(reply);
            } else if (reply.status() == 401) {
                forget();
            }
            return reply;
        } finally {
            oneAtATime.unlock();
        }
    }

    private Optional<Tokens> replace(Tokens used) {
        oneAtATime.lock();
        try {
            if (used.equals(tokens)) {
                refresh();
            }
            return current();
        } finally {
            oneAtATime.unlock();
        }
    }
}
