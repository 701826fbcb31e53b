// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.SigningKey;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Issues access tokens and checks them: JWTs by RFC 9068, signed with ES256. A token that has been checked once is
 * known by its text until it ends, so the next request with it costs a look-up and no signature. Whether its session
 * has been revoked is not asked here. Thread safe.
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
     * A new token for a signed-in caller.
     *
     * @throws IllegalArgumentException if the roles make it longer than the 4096 characters that are taken again
     */
    public IssuedToken issue(Caller caller) {
        Instant now = clock.instant();
        SigningKey key = keys.current();
        Duration lifetime = jittered(policy.lifetime());
        byte[] payload = claims(caller, now, lifetime).toString().getBytes(StandardCharsets.UTF_8);
        String toSign = CompactForm.toSign(key.id(), payload);
        String token = CompactForm.signed(toSign, key.sign(toSign.getBytes(StandardCharsets.US_ASCII)));
        if (token.length() > LONGEST) {
            throw new IllegalArgumentException("access token must have at most " + LONGEST + " characters, had "
                    + token.length() + " with " + caller.roles().size() + " roles: give the account fewer roles");
        }
        return new IssuedToken(token, lifetime);
    }

    /**
     * Who the token was issued to.
     *
     * @throws ProblemException 401, {@link #TOKEN_EXPIRED} or {@link #TOKEN_INVALID}; 503 if that can't be told
     */
    public Caller verify(String token) {
        return verify(token, 0);
    }

    /**
     * The same for the token in the value of an {@code Authorization} field (RFC 6750 section 2.1). One that is known
     * is not even cut out of the field, and so costs no memory.
     *
     * @throws ProblemException as {@link #verify(String)}, and with {@link Problem#UNAUTHENTICATED} where the field is
     *     of another scheme
     */
    public Caller verifyField(String authorization) {
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Problem.UNAUTHENTICATED
                    .detail("send an access token: Authorization: Bearer ...")
                    .error("header:Authorization", "must be Bearer and an access token")
                    .exception();
        }
        // A field is remembered in its usual spelling alone, so that nobody fills the memory with others of one token.
        boolean usual = authorization.startsWith(SCHEME) && authorization.indexOf(' ', SCHEME.length()) < 0;
        String field = usual
                ? authorization
                : SCHEME + authorization.substring(SCHEME.length()).strip();
        return verify(field, SCHEME.length());
    }

    /** The text, in which the token stands from a position to the end, is what it is remembered by. */
    private Caller verify(String text, int from) {
        if (text.length() - from > LONGEST) {
            throw invalid();
        }
        Instant now = clock.instant();
        VerifiedToken known = verified.getIfPresent(text);
        if (known == null || keys.find(known.keyId()).isEmpty()) {
            known = check(text.substring(from), now);
            verified.put(text, known);
        }
        requireNotExpired(known, now);
        return known.caller();
    }

    /** How many signatures have been checked; all other uses of a token were answered from memory. */
    public long signatureChecks() {
        return signatureChecks.sum();
    }

    private JWTClaimsSet claims(Caller caller, Instant now, Duration lifetime) {
        byte[] id = new byte[TOKEN_ID_BYTES];
        random.nextBytes(id);
        var claims = new JWTClaimsSet.Builder()
                .issuer(policy.issuer())
                .audience(policy.audience())
                .subject(caller.accountId())
                .claim("sid", caller.sessionId())
                .claim("roles", caller.roles().stream().sorted().toList())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(lifetime)))
                .jwtID(Base64.getUrlEncoder().withoutPadding().encodeToString(id));
        if (!caller.scopes().isEmpty()) {
            claims.claim("scope", scopes(caller));
        }
        if (!caller.authentication().equals(Authentication.UNKNOWN)) {
            claims.claim("auth_time", caller.authentication().at().getEpochSecond())
                    .claim(
                            "amr",
                            caller.authentication().methods().stream().sorted().toList());
        }
        if (caller.actorId() != null) {
            claims.claim("act", Map.of("sub", caller.actorId()));
        }
        return claims.build();
    }

    /** RFC 9068 section 2.2.3: one text, in which spaces stand between them. */
    private static String scopes(Caller caller) {
        for (String scope : caller.scopes()) {
            if (scope.isEmpty() || scope.indexOf(' ') >= 0) {
                throw new IllegalArgumentException("a scope must be one word, was '" + scope + "'");
            }
        }
        return caller.scopes().stream().sorted().collect(Collectors.joining(" "));
    }

    private Duration jittered(Duration lifetime) {
        long seconds = lifetime.toSeconds();
        return Duration.ofSeconds(seconds - random.nextLong(seconds * JITTER_PERCENT / 100 + 1));
    }

    private VerifiedToken check(String token, Instant now) {
        CompactForm form = CompactForm.parse(token).orElseThrow(AccessTokens::invalid);
        SigningKey key = keys.find(form.keyId()).orElseThrow(AccessTokens::invalid);
        signatureChecks.increment();
        if (!key.verify(form.signedBytes(), form.signature())) {
            throw invalid();
        }
        return read(form, now);
    }

    /** From here on the bytes are ours; they may still be meant for another service or another time. */
    private VerifiedToken read(CompactForm form, Instant now) {
        try {
            String json = new String(form.payload(), StandardCharsets.UTF_8);
            JWTClaimsSet claims = JWTClaimsSet.parse(required(JSONObjectUtils.parse(json)));
            Instant soonest = now.plus(policy.leeway());
            if (!policy.issuer().equals(claims.getIssuer())
                    || !claims.getAudience().contains(policy.audience())
                    || required(claims.getIssueTime()).toInstant().isAfter(soonest)
                    || (claims.getNotBeforeTime() != null
                            && claims.getNotBeforeTime().toInstant().isAfter(soonest))) {
                throw invalid();
            }
            var caller = new Caller(
                    required(claims.getSubject()),
                    required(claims.getStringClaim("sid")),
                    required(claims.getStringListClaim("roles")).stream()
                            .map(AccessTokens::required)
                            .collect(Collectors.toUnmodifiableSet()),
                    scopes(claims.getStringClaim("scope")),
                    authentication(claims),
                    actor(claims));
            required(claims.getJWTID());
            return new VerifiedToken(
                    caller, form.keyId(), required(claims.getExpirationTime()).toInstant());
        } catch (ParseException notClaims) {
            throw invalid();
        }
    }

    private static Set<String> scopes(@Nullable String claim) {
        return claim == null || claim.isBlank()
                ? Set.of()
                : Set.copyOf(Arrays.asList(claim.strip().split(" +", -1)));
    }

    /** RFC 9068 section 2.2.1 leaves out what is not known. */
    private static Authentication authentication(JWTClaimsSet claims) throws ParseException {
        Long at = claims.getLongClaim("auth_time");
        List<String> methods = claims.getStringListClaim("amr");
        return at == null && methods == null
                ? Authentication.UNKNOWN
                : new Authentication(Instant.ofEpochSecond(required(at)), Set.copyOf(required(methods)));
    }

    /** RFC 8693 section 4.1: who acts, as an object with the actor's own subject. */
    private static @Nullable String actor(JWTClaimsSet claims) throws ParseException {
        Map<String, Object> act = claims.getJSONObjectClaim("act");
        return act == null ? null : required(JSONObjectUtils.getString(act, "sub"));
    }

    private void requireNotExpired(VerifiedToken token, Instant now) {
        if (!now.isBefore(token.expiresAt().plus(policy.leeway()))) {
            throw TOKEN_EXPIRED
                    .detail("expired at " + token.expiresAt() + ": refresh it")
                    .error("header:Authorization", "must bring a token that has not expired")
                    .exception();
        }
    }

    private static <T> T required(@Nullable T claim) {
        if (claim == null) {
            throw invalid();
        }
        return claim;
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
            this.policy = policy;
            this.keys = keys;
        }

        public Builder clock(InstantSource chosen) {
            clock = chosen;
            return this;
        }

        public Builder random(SecureRandom chosen) {
            random = chosen;
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
