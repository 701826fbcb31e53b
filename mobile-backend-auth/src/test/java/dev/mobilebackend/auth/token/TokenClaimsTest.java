// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.mobilebackend.auth.TestClock;
import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a token says, and what is refused even under a good signature. */
class TokenClaimsTest {

    private static final AccessTokenPolicy POLICY = AccessTokenPolicy.of("https://api.shop.example", "shop");
    private static final Caller ALICE = new Caller("account-1", "session-1", Set.of("buyer"));
    private static final String THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

    private final TestClock clock = new TestClock();
    private final Instant start = clock.instant();
    private final KeyRing keys =
            KeyRing.builder(new InMemoryKeyStore()).clock(clock).build();
    private final AccessTokens tokens = tokens();
    private final TokenForge forge = new TokenForge(keys.current());
    private final String header = TokenForge.header("ES256", keys.current().id());
    private final String payload = TokenForge.payload(start);

    @Test
    void saysWhenAndHowTheOwnerSignedInAndWhoActsForThem() throws Exception {
        var authentication = new Authentication(Instant.ofEpochSecond(1_700_000_000), Set.of("pwd", "otp"));
        var caller = new Caller("account-1", "session-1", Set.of(), Set.of(), authentication, "staff-7");

        String token = tokens.issue(caller).token();

        assertEquals(caller, tokens.verify(token));
        JWTClaimsSet claims = SignedJWT.parse(token).getJWTClaimsSet();
        assertEquals(1_700_000_000L, claims.getLongClaim("auth_time"));
        assertEquals(List.of("otp", "pwd"), claims.getStringListClaim("amr"));
        assertEquals(Map.of("sub", "staff-7"), claims.getJSONObjectClaim("act"));
        assertFalse(claims.getClaims().containsKey("cnf"));
    }

    @Test
    void saysNothingOfWhatIsNotKnown() throws Exception {
        JWTClaimsSet claims = SignedJWT.parse(tokens.issue(ALICE).token()).getJWTClaimsSet();

        assertEquals(
                Set.of("iss", "aud", "sub", "sid", "roles", "iat", "exp", "jti"),
                claims.getClaims().keySet());
    }

    /** RFC 9449 section 6.1. */
    @Test
    void saysWhichKeyTheAppHasToProve() throws Exception {
        String token = tokens.issue(ALICE, THUMBPRINT).token();

        VerifiedToken bound = tokens.verifyBound(token);

        assertEquals(THUMBPRINT, bound.keyThumbprint());
        assertEquals(ALICE, bound.caller());
        assertEquals(
                Map.of("jkt", THUMBPRINT),
                SignedJWT.parse(token).getJWTClaimsSet().getJSONObjectClaim("cnf"));
    }

    @Test
    void aBoundTokenIsNoBearerTokenAndTheOtherWayRound() {
        String bound = tokens.issue(ALICE, THUMBPRINT).token();
        String bearer = tokens.issue(ALICE).token();

        for (int i = 0; i < 2; i++) {
            assertInvalid(() -> tokens.verify(bound));
            assertInvalid(() -> tokens.verifyField("Bearer " + bound));
            assertInvalid(() -> tokens.verifyBound(bearer));
            tokens.verifyBound(bound);
            tokens.verify(bearer);
            tokens.verifyField("Bearer " + bearer);
        }
        assertNull(tokens.verifyBound(bound).caller().actorId());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'cnf':{}",
                "'cnf':null",
                "'cnf':'KEY'",
                "'cnf':{'jkt':null}",
                "'cnf':{'jkt':7}",
                "'cnf':{'x5t#S256':'KEY'}",
                "'cnf':{'jkt':'KEY','jwk':{}}",
                "'cnf':{'jkt':'KEY','jkt':'KEY'}",
                "'cnf':{'jkt':'KEY'},'cnf':{'jkt':'KEY'}",
                "'act':{}",
                "'act':null",
                "'act':'staff-7'",
                "'act':{'sub':7}",
                "'act':{'sub':'staff-7','act':{'sub':'staff-8'}}",
                "'auth_time':1700000000",
                "'amr':['pwd']",
                "'auth_time':'1700000000','amr':['pwd']",
                "'auth_time':1700000000.5,'amr':['pwd']",
                "'auth_time':1700000000,'amr':'pwd'",
                "'auth_time':1700000000,'amr':[null]",
                "'auth_time':null,'amr':null",
                "'scope':['orders:read']",
                "'scope':null",
                "'nbf':null",
                "'nbf':'0'",
                "'nbf':0.5",
                "'nbf':9223372036854775807",
                "'nbf':99999999999999999999",
                "'exp':1",
                "'sub':'account-2'",
                "'s\\u0075b':'account-2'",
                "'roles':['admin']",
                "'extra':{'a':1,'a':2}",
                "'extra':NaN",
                "'extra':01",
                "'extra':tru",
            })
    void claimsOfAnotherShapeOrTwiceAreRefusedUnderAGoodSignature(String claim) {
        String extra = claim.replace('\'', '"').replace("KEY", THUMBPRINT);
        String token = forge.sign(header, payload.replace("}", "," + extra + "}"));

        assertInvalid(() -> tokens.verify(token));
        assertInvalid(() -> tokens.verifyBound(token));
    }

    @Test
    void aClaimThatNobodyKnowsIsNoObstacle() {
        assertEquals(ALICE, tokens.verify(forge.sign(header, payload.replace("}", ",\"extra\":{\"a\":[1.5]}}"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ufeffJSON", "JSONx", "x JSON", "JSONJSON", "/**/JSON", "[JSON]", "JSON,"})
    void whatStandsAroundTheClaimsIsRefusedUnderAGoodSignature(String around) {
        assertInvalid(() -> tokens.verify(forge.sign(header, around.replace("JSON", payload))));
    }

    @Test
    void claimsInAnotherCharsetAreRefusedUnderAGoodSignature() {
        String umlaut = payload.replace("account-1", "\u00e4");
        assertEquals("\u00e4", tokens.verify(forge.sign(header, umlaut)).accountId());

        byte[] latin1 = umlaut.getBytes(StandardCharsets.ISO_8859_1);
        byte[] utf16 = umlaut.getBytes(StandardCharsets.UTF_16);

        for (byte[] other : List.of(latin1, utf16)) {
            String token = forge.signText(TokenForge.encode(header) + "." + TokenForge.encode(other));
            assertInvalid(() -> tokens.verify(token));
        }
    }

    /** Up to the leeway, and not a millisecond more; what a token says is whole seconds. */
    @Property(tries = 200)
    void timesAreExactToTheMillisecond(@ForAll @LongRange(min = -20_000, max = 20_000) long millis) {
        Duration leeway = POLICY.leeway();
        clock.set(start.plusMillis(millis));
        boolean notBefore = clock.instant().plus(leeway).compareTo(start) >= 0;
        boolean beforeEnd = clock.instant().isBefore(start.plus(leeway));
        String end = "\"exp\":" + start.plusSeconds(600).getEpochSecond();
        String issued = "\"iat\":" + start.getEpochSecond();

        assertTaken(notBefore, payload);
        assertTaken(notBefore, payload.replace(issued, "\"iat\":0,\"nbf\":" + start.getEpochSecond()));
        assertTaken(
                beforeEnd,
                payload.replace(end, "\"exp\":" + start.getEpochSecond()).replace(issued, "\"iat\":0"));
    }

    @Test
    void timesAreExactAtTheirEdges() {
        Duration leeway = POLICY.leeway();
        Duration milli = Duration.ofMillis(1);
        String ends = payload.replace(
                        "\"exp\":" + start.plusSeconds(600).getEpochSecond(), "\"exp\":" + start.getEpochSecond())
                .replace("\"iat\":" + start.getEpochSecond(), "\"iat\":0");
        String begins =
                payload.replace("\"iat\":" + start.getEpochSecond(), "\"iat\":0,\"nbf\":" + start.getEpochSecond());

        clock.set(start.plus(leeway).minus(milli));
        assertTaken(true, ends);
        clock.set(start.plus(leeway));
        assertTaken(false, ends);
        clock.set(start.minus(leeway).minus(milli));
        assertTaken(false, begins);
        assertTaken(false, payload);
        clock.set(start.minus(leeway));
        assertTaken(true, begins);
        assertTaken(true, payload);
    }

    @Test
    void aTokenOfAnotherServiceOverTheSameKeysIsRefused() {
        for (AccessTokenPolicy other : List.of(
                AccessTokenPolicy.of("https://api.shop.example", "bank"),
                AccessTokenPolicy.of("https://api.bank.example", "shop"),
                AccessTokenPolicy.of("https://api.shop.example/", "shop"))) {
            String token = AccessTokens.builder(other, keys)
                    .clock(clock)
                    .build()
                    .issue(ALICE)
                    .token();

            assertInvalid(() -> tokens.verify(token));
        }
    }

    /** A token is good until it ends, so it may come again; what ends it ends every copy. */
    @Test
    void noCopyOfATokenOutlivesIt() {
        IssuedToken issued = tokens.issue(ALICE);
        AccessTokens other = tokens();
        tokens.verify(issued.token());
        tokens.verifyField("Bearer " + issued.token());

        clock.advance(issued.lifetime().plus(POLICY.leeway()));

        for (AccessTokens each : List.of(tokens, other)) {
            for (String field : List.of("Bearer ", "bearer ", "Bearer  ")) {
                var refusal = assertThrows(ProblemException.class, () -> each.verifyField(field + issued.token()));
                assertEquals("token-expired", refusal.problem().code());
            }
        }
    }

    private void assertTaken(boolean expected, String claims) {
        boolean taken;
        try {
            // Anew each time: what is remembered is checked by its end alone.
            taken = tokens().verify(forge.sign(header, claims)).equals(ALICE);
        } catch (ProblemException refused) {
            taken = false;
        }
        assertEquals(expected, taken, () -> claims + " at " + clock.instant());
    }

    private AccessTokens tokens() {
        return AccessTokens.builder(POLICY, keys).clock(clock).build();
    }

    private static void assertInvalid(Runnable use) {
        var refusal = assertThrows(ProblemException.class, use::run);
        assertEquals("token-invalid", refusal.problem().code());
        assertTrue(refusal.problem().headers().get("WWW-Authenticate").contains("invalid_token"));
    }
}
