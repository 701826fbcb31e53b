// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Issues access tokens and checks them: JWTs by RFC 9068. A token that has been checked once is known by its text
 * until it ends, so the next request with it costs a look-up and no signature. Whether its session has been revoked is
 * not asked here. Thread safe.
 *
 * <pre>{@code
 * var tokens = AccessTokens.builder(AccessTokenPolicy.of("https://api.shop.example", "shop"), keys).build();
 * IssuedToken issued = tokens.issue(new Caller(accountId, sessionId, Set.of()));
 * Caller caller = tokens.verify(issued.token());
 * }</pre>
 */
public final class AccessTokens {

    /** The token was right and has ended: the app refreshes and tries again (RFC 6750 section 3.1). */
    public static final Problem TOKEN_EXPIRED = Problem.of(401, "token-expired", "The access token has expired.")
            .header("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"expired\"");

    /** The token is none of ours, or not for here, or was changed. */
    public static final Problem TOKEN_INVALID = Problem.of(401, "token-invalid", "The access token is not valid.")
            .header("WWW-Authenticate", "Bearer error=\"invalid_token\"");

    private static final String SCHEME = "Bearer ";
    private static final int LONGEST = 4096;
    private static final int TOKEN_ID_BYTES = 16;
    private static final int JITTER_PERCENT = 5;

    private final AccessTokenPolicy policy;
    private final KeyRing keys;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Cache<String, VerifiedToken> verified;
    private final LongAdder signatureChecks = new LongAdder();

    private AccessTokens(Builder builder) {
        this.policy = builder.policy;
        this.keys = builder.keys;
        this.clock = builder.clock;
        this.random = builder.random;
        // The time limit only keeps bearer tokens from staying in memory: each use checks the exact end itself.
        this.verified = Caffeine.newBuilder()
                .maximumSize(builder.remembered)
                .expireAfterWrite(policy.lifetime().plus(policy.leeway()))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .executor(Runnable::run)
                .build();
    }

    public static Builder builder(AccessTokenPolicy policy, KeyRing keys) {
        return new Builder(policy, keys);
    }

    /**
     * A new bearer token for a signed-in caller.
     *
     * @throws IllegalArgumentException if a scope is none (RFC 6749 section 3.3), or if roles and scopes make it longer
     *     than the 4096 characters that are taken again
     */
    public IssuedToken issue(Caller caller) {
        return issue(caller, null);
    }

    /**
     * The same, bound to a key that the app has to prove to hold with each request (RFC 9449 section 6.1).
     *
     * @param keyThumbprint of that key, by SHA-256 (RFC 7638); null for a bearer token
     */
    public IssuedToken issue(Caller caller, @Nullable String keyThumbprint) {
        return issue(caller, keyThumbprint, Instant.MAX);
    }

    /**
     * The same, ending at this time at the latest.
     *
     * @param end when the caller's session ends, or sooner
     */
    public IssuedToken issue(Caller caller, @Nullable String keyThumbprint, Instant end) {
        Instant now = clock.instant();
        Duration lifetime = atMost(jittered(policy.lifetime()), Duration.between(now, end));
        byte[] payload = Claims.write(policy, caller, keyThumbprint, tokenId(), now, lifetime);
        String token = CompactForm.sign(keys.current(), payload);
        if (token.length() > LONGEST) {
            throw new IllegalArgumentException("access token must have at most " + LONGEST + " characters, had "
                    + token.length() + " with " + caller.roles().size() + " roles and "
                    + caller.scopes().size() + " scopes: give the account fewer");
        }
        return new IssuedToken(token, lifetime);
    }

    /**
     * Who the bearer token was issued to. One that is bound to a key is refused: by itself it proves nothing.
     *
     * @throws ProblemException 401, {@link #TOKEN_EXPIRED} or {@link #TOKEN_INVALID}; 503 if that can't be told
     */
    public Caller verify(String token) {
        return bearer(known(token, 0, clock.instant()));
    }

    /** {@link #verifyField(String, Instant)} now. */
    public Caller verifyField(String authorization) {
        return verifyField(authorization, clock.instant());
    }

    /**
     * The same for the token in the value of an {@code Authorization} field (RFC 6750 section 2.1). One that is known
     * is not even cut out of the field, and so costs no memory.
     *
     * @param now when the request came in
     * @throws ProblemException as {@link #verify(String)}, and with {@link Problem#UNAUTHENTICATED} where the field is
     *     of another scheme
     */
    public Caller verifyField(String authorization, Instant now) {
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Problem.UNAUTHENTICATED
                    .detail("send an access token: Authorization: Bearer ...")
                    .error("header:Authorization", "must be Bearer and an access token")
                    .exception();
        }
        // A field is remembered in its usual spelling alone, so that nobody fills the memory with others of one token.
        int from = SCHEME.length();
        while (from < authorization.length() && authorization.charAt(from) == ' ') {
            from++;
        }
        boolean usual = from == SCHEME.length() && authorization.startsWith(SCHEME);
        String field = usual ? authorization : SCHEME + authorization.substring(from);
        return bearer(known(field, SCHEME.length(), now));
    }

    /**
     * A token that is bound to a key; who asks has to check the proof of {@link VerifiedToken#keyThumbprint} (RFC 9449
     * section 7.1). A bearer token is refused.
     *
     * @throws ProblemException as {@link #verify(String)}
     */
    public VerifiedToken verifyBound(String token) {
        VerifiedToken known = known(token, 0, clock.instant());
        if (known.keyThumbprint() == null) {
            throw invalid();
        }
        return known;
    }

    /**
     * What a token of either kind says, for whoever is asked about it. Whoever is sent it with a request asks the other
     * methods, which tell the kinds apart.
     *
     * @throws ProblemException as {@link #verify(String)}
     */
    public VerifiedToken inspect(String token) {
        return known(token, 0, clock.instant());
    }

    /** The text, in which the token stands from a position to the end, is what it is remembered by. */
    private VerifiedToken known(String text, int from, Instant now) {
        // A bare token must not find what was remembered with a scheme before it.
        if (text.length() - from > LONGEST || (from == 0 && text.indexOf(' ') >= 0)) {
            throw invalid();
        }
        VerifiedToken known = verified.getIfPresent(text);
        if (known == null || keys.find(known.keyId(), now).isEmpty()) {
            known = check(text.substring(from), now);
            verified.put(text, known);
        }
        requireNotExpired(known, now);
        return known;
    }

    private static Caller bearer(VerifiedToken known) {
        if (known.keyThumbprint() != null) {
            throw invalid();
        }
        return known.caller();
    }

    private String tokenId() {
        byte[] id = new byte[TOKEN_ID_BYTES];
        random.nextBytes(id);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }

    /** How many signatures have been checked; all other uses of a token were answered from memory. */
    public long signatureChecks() {
        return signatureChecks.sum();
    }

    private Duration jittered(Duration lifetime) {
        long seconds = lifetime.toSeconds();
        return Duration.ofSeconds(seconds - random.nextLong(seconds * JITTER_PERCENT / 100 + 1));
    }

    /** In whole seconds, and not less than none: the session may have ended a moment ago. */
    private static Duration atMost(Duration lifetime, Duration left) {
        long seconds = Math.min(lifetime.toSeconds(), left.toSeconds());
        return Duration.ofSeconds(Math.max(seconds, 0));
    }

    private VerifiedToken check(String token, Instant now) {
        CompactForm form = CompactForm.parse(token).orElseThrow(AccessTokens::invalid);
        SigningKey key = keys.find(form.keyId(), now).orElseThrow(AccessTokens::invalid);
        signatureChecks.increment();
        if (!form.isSignedBy(key)) {
            throw invalid();
        }
        try {
            return Claims.read(policy, form.payload(), key.id(), now);
        } catch (ParseException notForHere) {
            throw invalid();
        }
    }

    private void requireNotExpired(VerifiedToken token, Instant now) {
        if (!now.isBefore(token.expiresAt().plus(policy.leeway()))) {
            throw TOKEN_EXPIRED
                    .detail("expired at " + token.expiresAt() + ": refresh it")
                    .error("header:Authorization", "must bring a token that has not expired")
                    .exception();
        }
    }

    /** One answer for all of it: what exactly was wrong would only help whoever made the token. */
    private static ProblemException invalid() {
        return TOKEN_INVALID
                .detail("this access token is not accepted here: refresh it or sign in again")
                .error("header:Authorization", "must be Bearer and an access token of this service")
                .exception();
    }

    /** What the tokens are made with; policy and keys must be given. */
    public static final class Builder {

        private final AccessTokenPolicy policy;
        private final KeyRing keys;
        private InstantSource clock = Ambient.clock();
        private SecureRandom random = Ambient.random();
        private int remembered = 20_000;

        private Builder(AccessTokenPolicy policy, KeyRing keys) {
            this.policy =
                    requireNonNull(policy, "policy must not be null: such as AccessTokenPolicy.of(issuer, audience)");
            this.keys = requireNonNull(keys, "keys must not be null: such as KeyRing.builder(store).build()");
        }

        public Builder clock(InstantSource chosen) {
            clock = requireNonNull(chosen, "clock must not be null: leave it out for the system's");
            return this;
        }

        public Builder random(SecureRandom chosen) {
            random = requireNonNull(chosen, "random must not be null: leave it out for our own");
            return this;
        }

        /** How many checked tokens are remembered, about 1 KB each; 20,000 unless said otherwise. */
        public Builder remembered(int tokens) {
            remembered = tokens;
            return this;
        }

        /**
         * The tokens, ready for use.
         *
         * @throws IllegalArgumentException if a key could be retired before its last token has ended
         */
        public AccessTokens build() {
            if (remembered < 0) {
                throw new IllegalArgumentException("remembered must not be negative, was " + remembered);
            }
            Duration needed = policy.lifetime().plus(policy.leeway());
            if (keys.policy().retention().compareTo(needed) < 0) {
                throw new IllegalArgumentException("the keys' retention must be at least lifetime plus leeway " + needed
                        + ", was " + keys.policy().retention());
            }
            return new AccessTokens(this);
        }
    }
}
