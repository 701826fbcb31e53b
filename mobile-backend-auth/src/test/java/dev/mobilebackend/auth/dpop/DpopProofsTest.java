// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.dpop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.mobilebackend.auth.Outbound;
import dev.mobilebackend.auth.dpop.DpopDecision.NonceNeeded;
import dev.mobilebackend.auth.dpop.DpopDecision.Proven;
import dev.mobilebackend.auth.dpop.DpopDecision.Refused;
import dev.mobilebackend.core.secret.ServerSecret;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DpopProofsTest {

    private static final ServerSecret SECRET = ServerSecret.of(new byte[32]);
    private static final ECKey KEY = newKey(Curve.P_256);
    private static final ECKey OTHER_KEY = newKey(Curve.P_256);
    private static final String TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    private static final String TOKEN_DIGEST = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";
    private static final String PATH = "/v1/auth/sign-in";

    private final DpopProofs proofs = new DpopProofs(DpopPolicy.of("https://api.shop.example"), SECRET);
    private Instant now = Instant.parse("2026-03-01T08:00:00Z");

    /** The examples of the RFC, byte for byte. */
    @Nested
    class Rfc9449 {

        private static final String HEADER =
                "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUk"
                        + "RZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2"
                        + "R1JEQSIsImNydiI6IlAtMjU2In19.";

        private static final String TOKEN_REQUEST = HEADER
                + "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3"
                + "Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-"
                + "FNyJK70nfbV37xRZT3Lg";

        private static final String RESOURCE_REQUEST = HEADER
                + "eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9w"
                + "cm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlp"
                + "S0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJp"
                + "LjA";

        private static final String THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

        private final DpopProofs proofs =
                new DpopProofs(DpopPolicy.of("https://server.example.com", "https://resource.example.org"), SECRET);

        /** Figures 2 and 3, and the thumbprint of figure 8. */
        @Test
        void theProofOfATokenRequestIsTaken() {
            DpopDecision decision = proofs.check(TOKEN_REQUEST, "POST", "/token", Instant.ofEpochSecond(1_562_262_616));

            assertEquals(new Proven(THUMBPRINT), decision);
        }

        /** Figures 12 and 13. */
        @Test
        void theProofOfAResourceRequestIsTaken() {
            Instant then = Instant.ofEpochSecond(1_562_262_618);

            DpopDecision decision =
                    proofs.checkBound(RESOURCE_REQUEST, "GET", "/protectedresource", TOKEN, THUMBPRINT, then);

            assertEquals(new Proven(THUMBPRINT), decision);
            assertRefused("jti", proofs.check(RESOURCE_REQUEST, "GET", "/protectedresource", then));
        }

        @Test
        void neitherIsTakenNow() {
            assertInstanceOf(NonceNeeded.class, proofs.check(TOKEN_REQUEST, "POST", "/token", now));
        }
    }

    @Test
    void aProofIsTakenOnce() {
        String proof = proof(claims -> {});

        assertEquals(new Proven(thumbprint(KEY)), check(proof));
        assertRefused("jti", check(proof));
        assertRefused("jti", check(proof(claims -> claims.jwtID(id(proof)))));
    }

    @Test
    void twoKeysMayUseTheSameId() {
        String proof = proof(claims -> {});
        check(proof);

        String another = sign(OTHER_KEY, claims -> claims.jwtID(id(proof)));

        assertEquals(new Proven(thumbprint(OTHER_KEY)), check(another));
    }

    @Test
    void theMemoryIsBounded() {
        var forgetful = new DpopProofs(DpopPolicy.of("https://api.shop.example").remembered(1), SECRET);
        String first = proof(claims -> {});
        String second = proof(claims -> {});

        forgetful.check(first, "POST", PATH, now);
        forgetful.check(second, "POST", PATH, now);

        boolean oneIsForgotten = forgetful.check(first, "POST", PATH, now) instanceof Proven
                || forgetful.check(second, "POST", PATH, now) instanceof Proven;
        assertTrue(oneIsForgotten);
    }

    @Test
    void whatIsRefusedIsNotRemembered() {
        String proof = proof(claims -> {});

        assertRefused("htm", proofs.check(proof, "GET", PATH, now));

        assertInstanceOf(Proven.class, check(proof));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://api.shop.example/v1/auth/sign-in",
                "https://API.shop.example:443/v1/auth/sign-in",
                "HTTPS://api.shop.example/v1/auth/sign%2din",
                "https://api.shop.example/v1/auth/sign-in?query=1#fragment"
            })
    void anAddressMayBeSpeltInOtherWays(String uri) {
        assertInstanceOf(Proven.class, check(proof(claims -> claims.claim("htu", uri))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://api.shop.example/v1/auth/sign-in",
                "https://evil.example/v1/auth/sign-in",
                "https://api.shop.example:8443/v1/auth/sign-in",
                "https://api.shop.example/v1/auth/sign-in/",
                "https://api.shop.example/v1/auth/Sign-in",
                "https://api.shop.example/v1%2Fauth/sign-in",
                "https://api.shop.example@evil.example/v1/auth/sign-in",
                "https://ada@api.shop.example/v1/auth/sign-in",
                "//api.shop.example/v1/auth/sign-in",
                "/v1/auth/sign-in",
                "https://api.shop.example/v1/auth/sign in",
                ""
            })
    void anotherAddressIsRefused(String uri) {
        assertRefused("htu", check(proof(claims -> claims.claim("htu", uri))));
    }

    @Test
    void aPathThatAProxyTakesOffIsPartOfTheOrigin() {
        var behindProxy = new DpopProofs(DpopPolicy.of("https://shop.example/api/"), SECRET);
        String proof = proof(claims -> claims.claim("htu", "https://shop.example/api/v1/auth/sign-in"));

        assertInstanceOf(Proven.class, behindProxy.check(proof, "POST", PATH, now));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "post", ""})
    void anotherMethodIsRefused(String method) {
        assertRefused("htm", check(proof(claims -> claims.claim("htm", method))));
    }

    @Test
    void aProofIsForOneAccessToken() {
        String fits = proof(claims -> claims.claim("ath", TOKEN_DIGEST));
        String other = proof(claims -> claims.claim("ath", TOKEN_DIGEST.replace('f', 'g')));
        String none = proof(claims -> {});

        assertInstanceOf(Proven.class, checkBound(fits, KEY));
        assertRefused("ath", checkBound(other, KEY));
        assertRefused("ath", checkBound(none, KEY));
    }

    @Test
    void anAccessTokenIsForOneKey() {
        String proof = proof(claims -> claims.claim("ath", TOKEN_DIGEST));

        assertRefused("signed by the key", checkBound(proof, OTHER_KEY));
    }

    @ParameterizedTest
    @CsvSource({"-120, true", "120, true", "-121, false", "121, false", "-31536000, false"})
    void aProofIsTakenWithinTheWindowOnly(long seconds, boolean taken) {
        DpopDecision decision = check(proof(claims -> claims.issueTime(Date.from(now.plusSeconds(seconds)))));

        assertEquals(taken ? Proven.class : NonceNeeded.class, decision.getClass());
    }

    @Test
    void aDeviceWhoseClockIsWrongIsHelpedByANonce() {
        Consumer<JWTClaimsSet.Builder> yesterday = claims -> claims.issueTime(Date.from(now.minus(Duration.ofDays(1))));
        String nonce =
                assertInstanceOf(NonceNeeded.class, check(proof(yesterday))).nonce();

        String proof = proof(yesterday.andThen(claims -> claims.claim("nonce", nonce)));

        assertInstanceOf(Proven.class, check(proof));
        assertRefused("jti", check(proof));
    }

    @Test
    void aNonceIsGoodOnEveryInstanceAndForTheWindowOnly() {
        String nonce = nonce();
        var anotherInstance = new DpopProofs(DpopPolicy.of("https://api.shop.example"), SECRET);

        now = now.plus(Duration.ofMinutes(2));
        assertInstanceOf(Proven.class, anotherInstance.check(withNonce(nonce), "POST", PATH, now));
        now = now.plusMillis(1);
        assertInstanceOf(NonceNeeded.class, anotherInstance.check(withNonce(nonce), "POST", PATH, now));
    }

    @Test
    void aNonceOfSomebodyElseIsRefused() {
        String nonce = nonce();
        byte[] other = new byte[32];
        other[0] = 1;
        var elsewhere = new DpopProofs(DpopPolicy.of("https://api.shop.example"), ServerSecret.of(other));
        String changed = (nonce.charAt(0) == 'A' ? 'B' : 'A') + nonce.substring(1);

        assertInstanceOf(NonceNeeded.class, elsewhere.check(withNonce(nonce), "POST", PATH, now));
        for (String wrong : new String[] {changed, "", "x", "!".repeat(32)}) {
            assertInstanceOf(NonceNeeded.class, check(withNonce(wrong)), wrong);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jti", "htm", "htu", "iat"})
    void nothingMayBeMissing(String claim) {
        assertRefused("must be a JWT", check(proof(claims -> claims.claim(claim, null))));
    }

    @Test
    void anIdHasOneTo128Characters() {
        assertRefused("must be a JWT", check(proof(claims -> claims.jwtID(""))));
        assertRefused("must be a JWT", check(proof(claims -> claims.jwtID("x".repeat(129)))));
        assertInstanceOf(Proven.class, check(proof(claims -> claims.jwtID("x".repeat(128)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b.c", "e30.e30.e30", "null", "{}", " "})
    void whatIsNoJwtIsRefused(String text) {
        assertRefused("must be a JWT", check(text));
    }

    @Test
    void anythingTooLongIsRefusedBeforeItIsRead() {
        assertRefused("must be a JWT", check(proof(claims -> claims.claim("x", "x".repeat(2_000)))));
    }

    @Test
    void aProofWhosePartsAreNotObjectsIsRefused() {
        for (String json : List.of("null", "1", "[]", "\"\"", "")) {
            String part = Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
            String proof = proof(claims -> {});
            String header = proof.substring(0, proof.indexOf('.'));

            assertRefused("must be a JWT", check(part + proof.substring(proof.indexOf('.'))));
            assertRefused("must be a JWT", check(header + "." + part + proof.substring(proof.lastIndexOf('.'))));
        }
    }

    @Test
    void aChangedSignatureOrKeyIsRefused() {
        String proof = proof(claims -> {});
        String another = sign(OTHER_KEY, claims -> {});
        String signature = proof.substring(proof.lastIndexOf('.'));

        assertRefused("must be a JWT", check(another.substring(0, another.lastIndexOf('.')) + signature));
        assertRefused("must be a JWT", check(proof.substring(0, proof.lastIndexOf('.') + 1) + "A".repeat(86)));
        assertRefused("must be a JWT", check(proof.substring(0, proof.length() - 4)));
    }

    @Test
    void aKeyWithItsPrivatePartIsRefused() throws JOSEException {
        JWSHeader open = header(KEY, JWSAlgorithm.ES256, "dpop+jwt").build();
        Map<String, Object> parameters = open.toJSONObject();
        parameters.put("jwk", KEY.toJSONObject());

        assertRefused("must be a JWT", check(signed(parameters, new ECDSASigner(KEY))));
    }

    @Test
    void otherTypesAlgorithmsAndCurvesAreRefused() throws JOSEException {
        ECKey p384 = newKey(Curve.P_384);
        RSAKey rsa = new RSAKeyGenerator(2048).generate();
        JWSHeader typed = header(KEY, JWSAlgorithm.ES256, "JWT").build();
        JWSHeader untyped =
                new JWSHeader.Builder(JWSAlgorithm.ES256).jwk(KEY.toPublicJWK()).build();
        JWSHeader keyless = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(new JOSEObjectType("dpop+jwt"))
                .build();
        JWSHeader ofRsa = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType("dpop+jwt"))
                .jwk(rsa.toPublicJWK())
                .build();
        JWSHeader symmetric = header(KEY, JWSAlgorithm.HS256, "dpop+jwt").build();
        JWSHeader critical = header(KEY, JWSAlgorithm.ES256, "dpop+jwt")
                .criticalParams(Set.of("exp"))
                .customParam("exp", 1)
                .build();

        assertInstanceOf(
                Proven.class,
                check(signed(
                        header(KEY, JWSAlgorithm.ES256, "dpop+jwt").build().toJSONObject(), new ECDSASigner(KEY))));
        for (JWSHeader header : new JWSHeader[] {typed, untyped, keyless, critical}) {
            assertRefused("must be a JWT", check(signed(header.toJSONObject(), new ECDSASigner(KEY))));
        }
        assertRefused(
                "must be a JWT",
                check(signed(
                        header(p384, JWSAlgorithm.ES384, "dpop+jwt").build().toJSONObject(), new ECDSASigner(p384))));
        assertRefused("must be a JWT", check(signed(ofRsa.toJSONObject(), new RSASSASigner(rsa))));
        assertRefused("must be a JWT", check(signed(symmetric.toJSONObject(), new MACSigner(new byte[32]))));
    }

    /** The key is the one in the proof, or none. */
    @Test
    void aKeyThatAProofPointsToIsNeitherUsedNorFetched() throws JOSEException {
        try (var outbound = Outbound.listen()) {
            for (String url : List.of("http://127.0.0.1:1/keys", "https://keys.evil.example/", "file:///etc/passwd")) {
                for (String name : List.of("jku", "x5u", "kid", "url", "jwks_uri")) {
                    Map<String, Object> header =
                            header(KEY, JWSAlgorithm.ES256, "dpop+jwt").build().toJSONObject();
                    header.put(name, url);
                    assertRefused("must be a JWT", check(signed(header, new ECDSASigner(OTHER_KEY))));
                    header.remove("jwk");

                    assertRefused("must be a JWT", check(signed(header, new ECDSASigner(KEY))));
                }
                Map<String, Object> jwk = KEY.toPublicJWK().toJSONObject();
                jwk.put("x5u", url);
                Map<String, Object> header =
                        header(KEY, JWSAlgorithm.ES256, "dpop+jwt").build().toJSONObject();
                header.put("jwk", jwk);
                assertRefused("must be a JWT", check(signed(header, new ECDSASigner(OTHER_KEY))));
            }

            assertEquals(List.of(), outbound.calls());
        }
    }

    @Test
    void aProofWithoutASignatureIsRefused() {
        String proof = proof(claims -> {});
        String unsigned = Base64URL.encode("{\"alg\":\"none\",\"typ\":\"dpop+jwt\"}")
                + proof.substring(proof.indexOf('.'), proof.lastIndexOf('.') + 1);

        assertRefused("must be a JWT", check(unsigned));
    }

    @Test
    void whatCanNotWorkIsRefusedAtTheStart() {
        assertThrows(IllegalArgumentException.class, DpopPolicy::of);
        for (String origin : new String[] {"api.shop.example", "ftp://shop.example", "https://", "https://a b"}) {
            assertThrows(IllegalArgumentException.class, () -> DpopPolicy.of(origin), origin);
        }
        DpopPolicy policy = DpopPolicy.of("https://api.shop.example");
        assertThrows(IllegalArgumentException.class, () -> policy.window(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> policy.remembered(0));
    }

    @Test
    void noncesDiffer() {
        String nonce = nonce();
        now = now.plusMillis(1);

        assertNotEquals(nonce, nonce());
        assertFalse(nonce.contains("="));
    }

    private String nonce() {
        String proof = proof(claims -> claims.issueTime(new Date(0)));
        return assertInstanceOf(NonceNeeded.class, check(proof)).nonce();
    }

    private String withNonce(String nonce) {
        return proof(claims -> claims.claim("nonce", nonce));
    }

    private DpopDecision check(String proof) {
        return proofs.check(proof, "POST", PATH, now);
    }

    private DpopDecision checkBound(String proof, ECKey boundTo) {
        return proofs.checkBound(proof, "POST", PATH, TOKEN, thumbprint(boundTo), now);
    }

    private String proof(Consumer<JWTClaimsSet.Builder> change) {
        return sign(KEY, change);
    }

    private String sign(ECKey key, Consumer<JWTClaimsSet.Builder> change) {
        try {
            var jwt = new SignedJWT(header(key, JWSAlgorithm.ES256, "dpop+jwt").build(), claims(change));
            jwt.sign(new ECDSASigner(key));
            return jwt.serialize();
        } catch (JOSEException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    /** With a header that nimbus itself would not make. */
    private String signed(Map<String, Object> header, JWSSigner signer) throws JOSEException {
        String toSign = Base64URL.encode(JSONObjectUtils.toJSONString(header)) + "."
                + Base64URL.encode(claims(claims -> {}).toString());
        JWSAlgorithm algorithm = JWSAlgorithm.parse((String) header.get("alg"));
        return toSign + "." + signer.sign(new JWSHeader(algorithm), toSign.getBytes(StandardCharsets.US_ASCII));
    }

    private JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
        var claims = new JWTClaimsSet.Builder()
                .jwtID(UUID.randomUUID().toString())
                .claim("htm", "POST")
                .claim("htu", "https://api.shop.example" + PATH)
                .issueTime(Date.from(now));
        change.accept(claims);
        return claims.build();
    }

    private static JWSHeader.Builder header(ECKey key, JWSAlgorithm algorithm, String type) {
        return new JWSHeader.Builder(algorithm).type(new JOSEObjectType(type)).jwk(key.toPublicJWK());
    }

    private static ECKey newKey(Curve curve) {
        try {
            return new ECKeyGenerator(curve).generate();
        } catch (JOSEException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private static String thumbprint(ECKey key) {
        try {
            return key.computeThumbprint().toString();
        } catch (JOSEException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private static String id(String proof) {
        try {
            return SignedJWT.parse(proof).getJWTClaimsSet().getJWTID();
        } catch (ParseException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private static void assertRefused(String why, DpopDecision decision) {
        Refused refused = assertInstanceOf(Refused.class, decision);
        assertTrue(refused.why().contains(why), refused::why);
    }
}
