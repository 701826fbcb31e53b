// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.mobilebackend.auth.TestClock;
import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyPolicy;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AccessTokensTest {

    private static final AccessTokenPolicy POLICY = AccessTokenPolicy.of("https://api.shop.example", "shop");
    private static final Caller ALICE = new Caller("account-1", "session-1", Set.of("admin", "buyer"));
    private static final Duration MOMENT = Duration.ofNanos(1);

    private final TestClock clock = new TestClock();
    private final InMemoryKeyStore store = new InMemoryKeyStore();
    private final KeyRing keys = KeyRing.builder(store).clock(clock).build();
    private final AccessTokens tokens = tokens();

    @Test
    void saysWhoIsCalling() {
        IssuedToken issued = tokens.issue(ALICE);

        assertEquals(ALICE, tokens.verify(issued.token()));
    }

    @Test
    void saysWhatItMayBeUsedFor() throws Exception {
        var narrow = new Caller("account-1", "session-1", Set.of(), Set.of("orders:write", "orders:read"));

        IssuedToken issued = tokens.issue(narrow);

        assertEquals(narrow, tokens().verify(issued.token()));
        assertEquals(
                "orders:read orders:write",
                SignedJWT.parse(issued.token()).getJWTClaimsSet().getStringClaim("scope"));
        assertThrows(
                IllegalArgumentException.class,
                () -> tokens.issue(new Caller("account-1", "session-1", Set.of(), Set.of("orders:read admin"))));
    }

    @Test
    void anotherInstanceTakesItToo() {
        KeyRing sameKeys = KeyRing.builder(store).clock(clock).build();
        var other = AccessTokens.builder(POLICY, sameKeys).clock(clock).build();

        assertEquals(ALICE, other.verify(tokens.issue(ALICE).token()));
    }

    @Test
    void isAnAccessTokenByRfc9068ThatAnyoneCanVerifyByTheKeySet() throws Exception {
        IssuedToken issued = tokens.issue(ALICE);

        SignedJWT jwt = SignedJWT.parse(issued.token());
        var key = JWKSet.parse(keys.jwks()).getKeyByKeyId(jwt.getHeader().getKeyID());
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        assertTrue(jwt.verify(new ECDSAVerifier(key.toECKey())));
        assertEquals(JWSAlgorithm.ES256, jwt.getHeader().getAlgorithm());
        assertEquals(new JOSEObjectType("at+jwt"), jwt.getHeader().getType());
        assertEquals("https://api.shop.example", claims.getIssuer());
        assertEquals(List.of("shop"), claims.getAudience());
        assertEquals("account-1", claims.getSubject());
        assertEquals("session-1", claims.getStringClaim("sid"));
        assertEquals(List.of("admin", "buyer"), claims.getStringListClaim("roles"));
        assertEquals(clock.instant(), claims.getIssueTime().toInstant());
        assertEquals(
                clock.instant().plus(issued.lifetime()),
                claims.getExpirationTime().toInstant());
    }

    @Test
    void noTwoTokensAreTheSame() throws Exception {
        String one = tokens.issue(ALICE).token();
        String other = tokens.issue(ALICE).token();

        assertNotEquals(
                SignedJWT.parse(one).getJWTClaimsSet().getJWTID(),
                SignedJWT.parse(other).getJWTClaimsSet().getJWTID());
    }

    @Test
    void endsUpToFivePercentEarlySoThatNotAllRefreshTogether() {
        var lifetimes = new HashSet<Duration>();
        for (int i = 0; i < 200; i++) {
            lifetimes.add(tokens.issue(ALICE).lifetime());
        }

        assertTrue(lifetimes.size() > 1);
        for (Duration lifetime : lifetimes) {
            assertTrue(lifetime.compareTo(Duration.ofSeconds(570)) >= 0, lifetime::toString);
            assertTrue(lifetime.compareTo(Duration.ofSeconds(600)) <= 0, lifetime::toString);
        }
    }

    @Test
    void endsWithItsSessionAtTheLatest() {
        Instant now = clock.instant();

        assertEquals(Duration.ofSeconds(59), lifetimeUntil(now.plusSeconds(60).minus(MOMENT)));
        assertEquals(Duration.ZERO, lifetimeUntil(now));
        assertEquals(Duration.ZERO, lifetimeUntil(now.minusSeconds(60)));
        assertTrue(lifetimeUntil(now.plus(Duration.ofDays(30))).compareTo(Duration.ofSeconds(570)) >= 0);
    }

    private Duration lifetimeUntil(Instant sessionEnds) {
        IssuedToken issued = tokens.issue(ALICE, null, sessionEnds);
        assertEquals(
                clock.instant().plus(issued.lifetime()),
                tokens.inspect(issued.token()).expiresAt());
        return issued.lifetime();
    }

    @Test
    void endsExactlyAfterLifetimeAndLeeway() {
        IssuedToken issued = tokens.issue(ALICE);

        clock.advance(issued.lifetime().plus(POLICY.leeway()).minus(MOMENT));
        assertEquals(ALICE, tokens.verify(issued.token()));
        clock.advance(MOMENT);
        var refusal = refusal(issued.token());

        assertEquals("token-expired", refusal.problem().code());
        assertEquals(401, refusal.problem().status());
        assertTrue(refusal.problem().headers().get("WWW-Authenticate").startsWith("Bearer error=\"invalid_token\""));
    }

    @Test
    void anEndedTokenIsRefusedAtItsFirstUseToo() {
        IssuedToken issued = tokens.issue(ALICE);

        clock.advance(issued.lifetime().plus(POLICY.leeway()));

        assertEquals("token-expired", refusal(issued.token()).problem().code());
    }

    @Test
    void aTokenFromTheFutureIsRefusedBeyondTheLeeway() {
        clock.advance(POLICY.leeway());
        IssuedToken issued = tokens.issue(ALICE);
        var now = clock.instant();

        clock.set(now.minus(POLICY.leeway()).minus(MOMENT));
        assertEquals("token-invalid", refusal(issued.token()).problem().code());
        clock.set(now.minus(POLICY.leeway()));
        assertEquals(ALICE, tokens.verify(issued.token()));
    }

    @Test
    void aKnownTokenNeedsNoSignatureCheck() {
        String token = tokens.issue(ALICE).token();
        String other = tokens.issue(ALICE).token();

        for (int i = 0; i < 1_000; i++) {
            tokens.verify(token);
        }
        assertEquals(1, tokens.signatureChecks());
        tokens.verify(other);
        assertEquals(2, tokens.signatureChecks());
    }

    @Test
    void aRefusedTokenIsNotRemembered() {
        String token = tokens.issue(ALICE).token();
        String forged = token.substring(0, token.length() - 4) + "AAAA";

        refusal(forged);
        refusal(forged);

        assertEquals(2, tokens.signatureChecks());
    }

    @Test
    void remembersNoMoreTokensThanItMay() {
        var forgetful =
                AccessTokens.builder(POLICY, keys).clock(clock).remembered(0).build();
        String token = tokens.issue(ALICE).token();

        forgetful.verify(token);
        forgetful.verify(token);

        assertEquals(2, forgetful.signatureChecks());
    }

    @Test
    void deletingAKeyEndsEvenTheTokensThatAreRemembered() {
        String token = tokens.issue(ALICE).token();
        tokens.verify(token);
        store.remove(keys.current().id());

        clock.advance(KeyPolicy.standard().reloadEvery());

        assertEquals("token-invalid", refusal(token).problem().code());
    }

    @Test
    void rotationRefusesNobody() {
        IssuedToken before = tokens.issue(ALICE);
        keys.rotate();
        clock.advance(KeyPolicy.standard().publishAhead());
        IssuedToken after = tokens.issue(ALICE);

        assertEquals(ALICE, tokens.verify(before.token()));
        assertEquals(ALICE, tokens.verify(after.token()));
    }

    @Test
    void refusesToIssueWhatItWouldNotTake() {
        Set<String> roles =
                IntStream.range(0, 400).mapToObj(i -> "a-role-with-a-name-" + i).collect(Collectors.toSet());

        var refusal = assertThrows(
                IllegalArgumentException.class, () -> tokens.issue(new Caller("account-1", "session-1", roles)));

        assertTrue(refusal.getMessage().contains("400 roles"), refusal.getMessage());
    }

    @Test
    void refusesKeysThatRetireBeforeTheLastTokenHasEnded() {
        var shortLived = KeyPolicy.standard().withRetention(Duration.ofMinutes(10));
        var ring = KeyRing.builder(store).policy(shortLived).clock(clock).build();
        var builder = AccessTokens.builder(POLICY, ring);

        assertThrows(IllegalArgumentException.class, builder::build);
    }

    @Test
    void doesNotPrintTheToken() {
        IssuedToken issued = tokens.issue(ALICE);

        assertFalse(issued.toString().contains(issued.token()));
    }

    private AccessTokens tokens() {
        return AccessTokens.builder(POLICY, keys).clock(clock).build();
    }

    private ProblemException refusal(String token) {
        return assertThrows(ProblemException.class, () -> tokens.verify(token));
    }
}
