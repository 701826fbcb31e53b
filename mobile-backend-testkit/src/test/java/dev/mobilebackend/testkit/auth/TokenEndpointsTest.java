// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.web.TokenClient;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.Call;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.Tokens;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.network.NetworkProxy;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Giving up tokens (RFC 7009) and asking about them (RFC 7662), as other services do. */
class TokenEndpointsTest {

    private static final String PASSWORD = "correct horse battery";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String INACTIVE = "{\"active\":false}";
    private static final AtomicLong COUNT = new AtomicLong();
    private static final AuthApp APP = new AuthApp();

    @RegisterExtension
    static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

    private final String email = "joan" + COUNT.incrementAndGet() + "@example.org";
    private MobileClient phone;
    private Tokens tokens;

    @BeforeEach
    void signIn(MobileClient client) {
        phone = client;
        phone.signUp(email, PASSWORD);
        phone.verify(email, APP.mail().code());
        tokens = phone.tokens().orElseThrow();
    }

    /** RFC 7662 section 2.2. */
    @Test
    void anAccessTokenIsActiveAndSaysWhoseItIs() {
        Reply reply = introspect("token=" + tokens.accessToken() + "&token_type_hint=access_token");

        assertEquals(200, reply.status());
        assertEquals("application/json", reply.header("Content-Type").orElseThrow());
        assertEquals("no-store", reply.header("Cache-Control").orElseThrow());
        JsonNode members = reply.json();
        assertTrue(members.get("active").asBoolean());
        assertEquals("Bearer", members.get("token_type").asString());
        assertEquals(tokens.sessionId(), members.get("sid").asString());
        assertTrue(members.get("exp").isIntegralNumber());
        assertEquals(600, members.get("exp").asLong() - members.get("iat").asLong(), 30);
        assertTrue(List.copyOf(members.propertyNames()).containsAll(Set.of("iss", "aud", "sub", "jti")));
    }

    @Test
    void theNewestRefreshTokenIsActive(TestClock clock) {
        Reply reply = introspect("token=" + tokens.refreshToken() + "&token_type_hint=refresh_token");

        JsonNode members = reply.json();
        assertEquals(List.of("active", "sub", "sid", "iat", "exp"), List.copyOf(members.propertyNames()));
        assertTrue(members.get("active").asBoolean());
        assertEquals(tokens.sessionId(), members.get("sid").asString());
        assertEquals(
                clock.instant().plus(Duration.ofDays(30)).getEpochSecond(),
                members.get("exp").asLong(),
                60);
        phone.refresh();
        assertEquals(INACTIVE, introspect("token=" + tokens.refreshToken()).text());
    }

    @Test
    void aBoundTokenSaysToWhichKey(TestClock clock) {
        var key = new HardwareKey();
        JsonNode bound = phone.request("POST", "/v1/auth/sign-in")
                .anonymous()
                .header("DPoP", key.proof("POST", "/v1/auth/sign-in", clock.instant()))
                .json(Map.of("email", email, "password", PASSWORD))
                .send()
                .json();

        for (String name : List.of("accessToken", "refreshToken")) {
            JsonNode members = introspect("token=" + bound.get(name).asString()).json();

            assertTrue(members.get("active").asBoolean(), name);
            assertEquals(key.thumbprint(), members.get("cnf").get("jkt").asString(), name);
            assertEquals(
                    name.equals("accessToken") ? "DPoP" : "none",
                    members.path("token_type").asString("none"));
        }
    }

    /** RFC 7662 section 2.2: nothing else is said of a token that is not active. */
    @Test
    void whatIsNotGoodIsInactiveAndNoMore(TestClock clock) {
        assertEquals(INACTIVE, introspect("token=nonsense").text());
        assertEquals(INACTIVE, introspect("token=" + tokens.accessToken() + "x").text());
        clock.advance(Duration.ofHours(1));
        assertEquals(INACTIVE, introspect("token=" + tokens.accessToken()).text());
        clock.advance(Duration.ofDays(30));
        assertEquals(INACTIVE, introspect("token=" + tokens.refreshToken()).text());
    }

    @Test
    void theTokensOfAnEndedSessionAreInactive() {
        phone.signOut();

        assertEquals(INACTIVE, introspect("token=" + tokens.accessToken()).text());
        assertEquals(INACTIVE, introspect("token=" + tokens.refreshToken()).text());
    }

    /** RFC 7662 section 2.1: the token is in the body, and who asks is known. */
    @Test
    void onlyAKnownServiceMayAsk() {
        String[] wrong = {
            "",
            basic("billing", "another secret of at least 32 characters"),
            basic("shipping", AuthApp.CLIENT_SECRET),
            basic("", AuthApp.CLIENT_SECRET),
            "Basic",
            "Basic !",
            "Basic " + Base64.getEncoder().encodeToString("billing".getBytes(StandardCharsets.UTF_8)),
            "Basic " + Base64.getEncoder().encodeToString("billing:%zz".getBytes(StandardCharsets.UTF_8)),
            "Bearer " + tokens.accessToken()
        };

        for (String authorization : wrong) {
            Reply reply = introspect("token=" + tokens.accessToken(), authorization);

            assertEquals(401, reply.status(), authorization);
            assertEquals("invalid_client", reply.json().get("error").asString());
            assertTrue(reply.header("WWW-Authenticate").orElseThrow().startsWith("Basic "));
        }
        assertTrue(introspect("token=" + tokens.accessToken(), basic("shipping", "s".repeat(32)))
                .json()
                .get("active")
                .asBoolean());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "token=", "token", "other=x", "token=a&token=b", "token=%zz"})
    void aFormThatIsNotOneTokenIsRefused(String form) {
        for (Reply reply : List.of(introspect(form), revoke(form))) {
            assertEquals(400, reply.status(), reply.text());
            assertEquals("invalid_request", reply.json().get("error").asString());
        }
    }

    @Test
    void nothingButAFormIsTaken() {
        Reply json = phone.request("POST", "/v1/auth/revoke")
                .anonymous()
                .json(Map.of("token", tokens.refreshToken()))
                .send();

        assertEquals(415, json.status());
        assertEquals(200, phone.refresh().status());
    }

    /** RFC 7009 section 2.2: 200 and nothing to read. */
    @Test
    void givingUpARefreshTokenEndsItsSession() {
        Reply reply = revoke("token=" + tokens.refreshToken() + "&token_type_hint=refresh_token");

        assertEquals(200, reply.status());
        assertEquals(0, reply.body().length);
        assertEquals("no-store", reply.header("Cache-Control").orElseThrow());
        assertEquals(401, phone.refresh().status());
    }

    @Test
    void givingUpAnAccessTokenEndsItsSession() {
        assertEquals(200, revoke("token=" + tokens.accessToken()).status());

        assertEquals(401, phone.get("/who").status());
    }

    @Test
    void aUsedRefreshTokenMayBeGivenUpToo() {
        phone.refresh();

        revoke("token=" + tokens.refreshToken());

        assertEquals(401, phone.get("/who").status());
    }

    /** RFC 7009 section 2.2: the purpose of the request is fulfilled already. */
    @Test
    void givingUpWhatIsNoTokenIsAnsweredAlike() {
        Reply unknown = revoke("token=nonsense&token_type_hint=unknown");

        assertEquals(200, unknown.status());
        assertEquals(0, unknown.body().length);
        assertEquals(200, phone.get("/who").status());
    }

    @Test
    void aServiceNeedsALongSecret() {
        assertThrows(IllegalArgumentException.class, () -> TokenClient.of("billing", "x".repeat(31)));
        assertThrows(IllegalArgumentException.class, () -> TokenClient.of(" ", "x".repeat(32)));
        assertFalse(TokenClient.of("billing", "x".repeat(32)).toString().contains("xx"));
    }

    private Reply introspect(String form) {
        return introspect(form, basic(AuthApp.CLIENT, AuthApp.CLIENT_SECRET));
    }

    /** RFC 9110 section 5.3: which of them would count? */
    @Test
    void whoShowsTwoCredentialsShowsNone(NetworkProxy network) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(network.uri().resolve("/v1/auth/introspect"))
                .header("Content-Type", FORM)
                .header("Authorization", basic(AuthApp.CLIENT, AuthApp.CLIENT_SECRET))
                .header("Authorization", basic("shipping", "s".repeat(32)))
                .POST(BodyPublishers.ofString("token=" + tokens.accessToken()))
                .build();

        HttpResponse<String> reply = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

        assertEquals(401, reply.statusCode());
    }

    private Reply introspect(String form, String authorization) {
        Call call = phone.request("POST", "/v1/auth/introspect").anonymous().body(FORM, form);
        return authorization.isEmpty()
                ? call.send()
                : call.header("Authorization", authorization).send();
    }

    private Reply revoke(String form) {
        return phone.request("POST", "/v1/auth/revoke")
                .anonymous()
                .body(FORM, form)
                .send();
    }

    private static String basic(String id, String secret) {
        String credentials =
                URLEncoder.encode(id, StandardCharsets.UTF_8) + ":" + URLEncoder.encode(secret, StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
