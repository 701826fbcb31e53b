// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.SignedJWT;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.Call;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.network.NetworkProxy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Sessions of devices with a key in hardware (RFC 9449), as such a device sees them. */
class DpopOverHttpTest {

    private static final String PASSWORD = "correct horse battery";
    private static final AtomicLong COUNT = new AtomicLong();
    private static final AuthApp APP = new AuthApp();

    @RegisterExtension
    static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

    private final String email = "grace" + COUNT.incrementAndGet() + "@example.org";
    private final HardwareKey key = new HardwareKey();
    private final HardwareKey thiefsKey = new HardwareKey();
    private MobileClient phone;
    private TestClock clock;

    @BeforeEach
    void anAccount(MobileClient client, TestClock testClock) {
        phone = client;
        clock = testClock;
        phone.signUp(email, PASSWORD);
        phone.verify(email, APP.mail().code());
    }

    @Test
    void aSignInWithAProofIsBoundToItsKey() throws ParseException {
        JsonNode tokens = signIn().json();

        assertEquals("DPoP", tokens.get("tokenType").asString());
        assertEquals(
                Map.of("jkt", key.thumbprint()),
                SignedJWT.parse(accessToken(tokens)).getJWTClaimsSet().getJSONObjectClaim("cnf"));
        assertEquals(200, who(accessToken(tokens), key).status());
    }

    @Test
    void aBoundTokenIsNotABearerToken() {
        JsonNode tokens = signIn().json();

        Reply downgraded = phone.request("GET", "/who")
                .header("Authorization", "Bearer " + accessToken(tokens))
                .send();

        assertProblem(401, "token-invalid", downgraded);
    }

    @Test
    void aBearerTokenIsNotABoundToken() {
        String bearer = phone.tokens().orElseThrow().accessToken();

        Reply reply = who(bearer, key);

        assertProblem(401, "token-invalid", reply);
        assertEquals(
                "DPoP error=\"invalid_token\", algs=\"ES256\"",
                reply.header("WWW-Authenticate").orElseThrow());
        assertEquals(200, phone.get("/who").status());
    }

    @Test
    void aBoundTokenNeedsAProofByItsKeyForItselfAndThisRequest() {
        String token = accessToken(signIn().json());
        String another = accessToken(signIn().json());
        String[] wrong = {
            thiefsKey.proof("GET", "/who", clock.instant(), token),
            key.proof("GET", "/who", clock.instant(), another),
            key.proof("GET", "/who", clock.instant()),
            key.proof("POST", "/who", clock.instant(), token),
            key.proof("GET", "/v1/auth/sessions", clock.instant(), token),
            "nonsense"
        };

        for (String proof : wrong) {
            Reply reply = bound(phone.request("GET", "/who"), token, proof);

            assertProblem(401, "invalid-dpop-proof", reply);
            assertEquals(
                    "DPoP error=\"invalid_dpop_proof\", algs=\"ES256\"",
                    reply.header("WWW-Authenticate").orElseThrow());
            assertEquals("header:DPoP", pointer(reply));
        }
        Reply without = phone.request("GET", "/who")
                .header("Authorization", "DPoP " + token)
                .send();
        assertProblem(401, "invalid-dpop-proof", without);
        assertEquals(200, who(token, key).status());
    }

    @Test
    void aProofIsGoodForOneRequest() {
        String token = accessToken(signIn().json());
        String proof = key.proof("GET", "/who", clock.instant(), token);

        assertEquals(200, bound(phone.request("GET", "/who"), token, proof).status());
        assertProblem(401, "invalid-dpop-proof", bound(phone.request("GET", "/who"), token, proof));
    }

    /** RFC 9449 section 4.3: not more than one field. */
    @Test
    void twoProofsAreOneTooMany(NetworkProxy network) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(network.uri().resolve("/v1/auth/sign-in"))
                .header("Content-Type", "application/json")
                .header("DPoP", key.proof("POST", "/v1/auth/sign-in", clock.instant()))
                .header("DPoP", thiefsKey.proof("POST", "/v1/auth/sign-in", clock.instant()))
                .POST(BodyPublishers.ofString("{\"email\":\"" + email + "\",\"password\":\"" + PASSWORD + "\"}"))
                .build();

        HttpResponse<String> reply = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

        assertEquals(400, reply.statusCode());
        assertTrue(reply.body().contains("must be there once"), reply::body);
    }

    /** RFC 9110 section 5.3: which of them would count? */
    @Test
    void twoTokensAreOneTooMany(NetworkProxy network) throws IOException, InterruptedException {
        String bearer = "Bearer " + phone.tokens().orElseThrow().accessToken();
        String bound = accessToken(signIn().json());
        String[][] pairs = {{bearer, bearer}, {bearer, "Basic YTpi"}, {"DPoP " + bound, bearer}};

        for (String[] pair : pairs) {
            HttpRequest request = HttpRequest.newBuilder(network.uri().resolve("/who"))
                    .header("Authorization", pair[0])
                    .header("Authorization", pair[1])
                    .header("DPoP", key.proof("GET", "/who", clock.instant(), bound))
                    .build();

            HttpResponse<String> reply = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

            assertEquals(401, reply.statusCode(), pair[1]);
            assertTrue(reply.body().contains("must be there once"), reply::body);
        }
    }

    @Test
    void aBoundSessionIsRefreshedByItsKeyOnly() {
        JsonNode tokens = signIn().json();

        Reply byNobody = refresh(tokens, null);
        Reply byThief = refresh(tokens, thiefsKey);
        Reply byPhone = refresh(tokens, key);
        clock.advance(Duration.ofDays(20));
        Reply again = refresh(tokens, key);

        assertProblem(400, "invalid-dpop-proof", byNobody);
        assertProblem(401, "invalid-refresh-token", byThief);
        assertEquals(200, byPhone.status(), byPhone.text());
        assertEquals("DPoP", byPhone.json().get("tokenType").asString());
        assertEquals(
                byPhone.json().get("refreshToken").asString(),
                again.json().get("refreshToken").asString());
        assertEquals(200, who(accessToken(again.json()), key).status());
    }

    @Test
    void aSessionWithoutAKeyTakesAProofByOneForARotationProof() {
        Reply signedIn = phone.request("POST", "/v1/auth/sign-in")
                .json(Map.of("email", email, "password", PASSWORD))
                .send();

        Reply once = refresh(signedIn.json(), key);
        clock.advance(Duration.ofDays(20));
        Reply again = refresh(signedIn.json(), key);

        assertEquals("Bearer", once.json().get("tokenType").asString());
        assertEquals(
                once.json().get("refreshToken").asString(),
                again.json().get("refreshToken").asString());
        assertProblem(401, "session-ended", refresh(signedIn.json(), thiefsKey));
    }

    @Test
    void aPhoneWhoseClockIsWrongIsToldANonce() {
        Duration off = Duration.ofDays(400);

        Reply refused =
                signIn(key.proof("POST", "/v1/auth/sign-in", clock.instant().minus(off)));
        String nonce = refused.header("DPoP-Nonce").orElseThrow();
        Reply signedIn = signIn(key.proof(
                "POST", "/v1/auth/sign-in", clock.instant().minus(off), claims -> claims.claim("nonce", nonce)));
        String token = accessToken(signedIn.json());
        Reply again = bound(
                phone.request("GET", "/who"),
                token,
                key.proof("GET", "/who", clock.instant().minus(off), token));

        assertProblem(400, "use-dpop-nonce", refused);
        assertEquals("use_dpop_nonce", refused.json().get("error").asString());
        assertEquals(200, signedIn.status());
        assertProblem(401, "use-dpop-nonce", again);
        assertEquals(
                "DPoP error=\"use_dpop_nonce\", algs=\"ES256\"",
                again.header("WWW-Authenticate").orElseThrow());
        assertTrue(again.header("DPoP-Nonce").isPresent());
    }

    @Test
    void aCodeIsNotUsedUpByARequestWhoseProofIsRefused(MobileClient fresh) {
        String address = "fresh-" + email;
        fresh.signUp(address, PASSWORD);
        Map<String, String> body = Map.of("email", address, "code", APP.mail().code());

        Reply refused = fresh.request("POST", "/v1/auth/verify")
                .header("DPoP", "nonsense")
                .json(body)
                .send();
        Reply verified = fresh.request("POST", "/v1/auth/verify")
                .header("DPoP", key.proof("POST", "/v1/auth/verify", clock.instant()))
                .json(body)
                .send();

        assertProblem(400, "invalid-dpop-proof", refused);
        assertEquals("invalid_dpop_proof", refused.json().get("error").asString());
        assertEquals("header:DPoP", pointer(refused));
        assertEquals(200, verified.status(), verified.text());
        assertEquals("DPoP", verified.json().get("tokenType").asString());
    }

    @Test
    void anEndedSessionsTokenIsRefusedInTheWordsOfItsScheme() {
        String token = accessToken(signIn().json());
        Call signOut = phone.request("POST", "/v1/auth/sign-out");
        assertEquals(
                204,
                bound(signOut, token, key.proof("POST", "/v1/auth/sign-out", clock.instant(), token))
                        .status());

        Reply ended = who(token, key);

        assertProblem(401, "session-ended", ended);
        assertTrue(ended.header("WWW-Authenticate").orElseThrow().startsWith("DPoP "));
    }

    @Test
    void anExpiredTokenIsRefusedInTheWordsOfItsScheme() {
        String token = accessToken(signIn().json());
        clock.advance(Duration.ofHours(1));

        Reply expired = who(token, key);

        assertProblem(401, "token-expired", expired);
        assertTrue(expired.header("WWW-Authenticate").orElseThrow().startsWith("DPoP "));
    }

    private Reply signIn() {
        return signIn(key.proof("POST", "/v1/auth/sign-in", clock.instant()));
    }

    private Reply signIn(String proof) {
        return phone.request("POST", "/v1/auth/sign-in")
                .anonymous()
                .header("DPoP", proof)
                .json(Map.of("email", email, "password", PASSWORD))
                .send();
    }

    private Reply refresh(JsonNode tokens, HardwareKey by) {
        Call call = phone.request("POST", "/v1/auth/refresh")
                .anonymous()
                .json(Map.of("refreshToken", tokens.get("refreshToken").asString()));
        return by == null
                ? call.send()
                : call.header("DPoP", by.proof("POST", "/v1/auth/refresh", clock.instant()))
                        .send();
    }

    private Reply who(String token, HardwareKey by) {
        return bound(phone.request("GET", "/who"), token, by.proof("GET", "/who", clock.instant(), token));
    }

    private static Reply bound(Call call, String token, String proof) {
        return call.header("Authorization", "DPoP " + token)
                .header("DPoP", proof)
                .send();
    }

    private static String accessToken(JsonNode tokens) {
        return tokens.get("accessToken").asString();
    }

    private static String pointer(Reply reply) {
        return "header:" + reply.json().get("errors").get(0).get("header").asString();
    }

    private static void assertProblem(int status, String code, Reply reply) {
        assertEquals(status, reply.status(), reply.text());
        assertEquals(code, reply.json().get("code").asString());
        assertFalse(reply.text().contains("eyJ"), "a token stands in the answer");
    }
}
