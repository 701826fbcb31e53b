// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.testkit.TinyApp;
import dev.mobilebackend.testkit.TinyApp.Seen;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.RunningApp;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.contract.Race;
import dev.mobilebackend.testkit.network.NetworkProxy;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MobileClientTest {

    private static final String EMAIL = "ada@example.org";
    private static final String PASSWORD = "correct horse battery";

    private final TinyApp app = new TinyApp();

    @RegisterExtension
    final MobileBackend backend = MobileBackend.on(TestDatabase::h2, environment -> RunningApp.servlet(app));

    @Test
    void namesItsDeviceAndItsVersionInEveryRequest(MobileClient.Builder choices) {
        MobileClient phone = choices.appVersion("2.7.1").build();

        phone.get("/v1/products");
        phone.post("/v1/orders", Map.of());

        for (Seen request : List.of(only("/v1/products"), only("/v1/orders"))) {
            assertEquals(phone.deviceId(), request.headers().get("device-id"));
            assertEquals("2.7.1", request.headers().get("app-version"));
        }
    }

    @Test
    void twoPhonesAreTwoDevices(MobileClient ada, MobileClient bob) {
        assertNotEquals(ada.deviceId(), bob.deviceId());
    }

    @Test
    void mapsObjectsToJsonAndSendsTextAsItStands(MobileClient phone) {
        Reply mapped = phone.post("/v1/orders", Map.of("quantity", 2));
        Reply asItStands = phone.post("/v1/orders", "{\"quantity\":");

        assertEquals(2, mapped.json().get("quantity").asInt());
        assertEquals("{\"quantity\":", asItStands.text());
        assertThrows(IllegalStateException.class, asItStands::json);
    }

    @Test
    void sendsARequestWhoseAnswerWasLostAgainWithTheSameKey(MobileClient phone, NetworkProxy network) {
        network.cutNextResponse();

        Reply reply = phone.post("/v1/orders", Map.of("quantity", 1));

        assertEquals(201, reply.status());
        assertEquals(1, network.cutResponses());
        assertEquals(2, app.seen("/v1/orders").size());
        assertEquals(1, keys("/v1/orders").stream().distinct().count());
        assertEquals(
                app.seen("/v1/orders").get(0).body(),
                app.seen("/v1/orders").get(1).body());
    }

    @Test
    void givesEachRequestThatChangesSomethingAKeyOfItsOwn(MobileClient phone) {
        phone.post("/v1/orders", Map.of());
        phone.post("/v1/orders", Map.of());
        phone.get("/v1/products");

        List<String> keys = keys("/v1/orders");
        assertEquals(2, keys.stream().map(UUID::fromString).distinct().count());
        assertFalse(only("/v1/products").headers().containsKey("idempotency-key"));
    }

    @Test
    void sendsTheSameCallTwiceUnderTheSameKey(MobileClient phone) {
        Call order = phone.request("POST", "/v1/orders").json(Map.of("quantity", 1));

        order.send();
        order.send();

        assertEquals(1, keys("/v1/orders").stream().distinct().count());
    }

    @Test
    void comesBackWithTheSameKeyWhenItIsAskedTo(MobileClient phone, TestClock clock) {
        app.next("/v1/orders", (request, response) -> {
            response.setHeader("Retry-After", "7");
            response.setStatus(429);
        });
        app.next("/v1/orders", (request, response) -> {
            response.setHeader("Retry-After", "Tue, 01 Jan 2030 00:00:30 GMT");
            response.setStatus(503);
        });

        Reply reply = phone.post("/v1/orders", Map.of());

        assertEquals(201, reply.status());
        assertEquals(TestClock.START.plusSeconds(30), clock.instant());
        assertEquals(1, keys("/v1/orders").stream().distinct().count());
    }

    @Test
    void takesARefusalThatNamesNoTimeForFinal(MobileClient phone, TestClock clock) {
        app.next("/v1/orders", (request, response) -> response.setStatus(503));

        Reply reply = phone.post("/v1/orders", Map.of());

        assertEquals(503, reply.status());
        assertEquals(TestClock.START, clock.instant());
    }

    @Test
    void doesNotWaitLongerThanItsPolicySays(MobileClient.Builder choices) {
        app.next("/v1/orders", (request, response) -> {
            response.setHeader("Retry-After", "61");
            response.setStatus(429);
        });
        MobileClient phone = choices.retry(new RetryPolicy(3, Duration.ZERO, Duration.ofMinutes(1)))
                .build();

        Reply reply = phone.post("/v1/orders", Map.of());

        assertEquals(429, reply.status());
    }

    @Test
    void givesUpAfterItsLastAttempt(MobileClient phone, NetworkProxy network, TestClock clock) {
        for (int i = 0; i < 4; i++) {
            network.cutNextResponse();
        }

        var failure = assertThrows(UncheckedIOException.class, () -> phone.post("/v1/orders", Map.of()));

        assertTrue(failure.getMessage().endsWith("/v1/orders was not answered in 4 attempts"), failure.getMessage());
        assertEquals(4, app.seen("/v1/orders").size());
        assertEquals(TestClock.START.plusMillis(200 + 400 + 800), clock.instant());
    }

    @Test
    void showsTheLossAtOnceWhenItNeverRetries(MobileClient.Builder choices, NetworkProxy network) {
        MobileClient phone = choices.retry(RetryPolicy.NEVER).build();
        network.cutNextResponse();

        assertThrows(UncheckedIOException.class, () -> phone.post("/v1/orders", Map.of()));

        assertEquals(1, app.seen("/v1/orders").size());
    }

    @Test
    void refusesAPolicyThatNeverSendsAnything() {
        var refused =
                assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO));

        assertEquals("attempts must be at least 1, was 0", refused.getMessage());
    }

    @Test
    void saysWhichRetryAfterItDoesNotUnderstand(MobileClient phone) {
        app.next("/v1/orders", (request, response) -> {
            response.setHeader("Retry-After", "soon");
            response.setStatus(503);
        });

        var refused = assertThrows(IllegalStateException.class, () -> phone.post("/v1/orders", Map.of()));

        assertEquals("Retry-After must be seconds or an HTTP date, was 'soon'", refused.getMessage());
    }

    @Test
    void isSignedInByTheAnswerToSignInAndToVerify(MobileClient ada, MobileClient bob) {
        ada.signIn(EMAIL, PASSWORD);
        assertEquals(200, ada.get("/v1/me").status());

        assertEquals(202, bob.signUp(EMAIL, PASSWORD).status());
        assertTrue(bob.tokens().isEmpty());
        bob.verify(EMAIL, "123456");
        assertEquals(200, bob.get("/v1/me").status());
        assertEquals(
                Json.MAPPER.readTree("{\"email\":\"ada@example.org\",\"code\":\"123456\"}"),
                Json.MAPPER.readTree(only("/v1/auth/verify").body()));
    }

    @Test
    void isNotSignedInByARefusal(MobileClient phone) {
        app.next("/v1/auth/sign-in", (request, response) -> TinyApp.json(response, 401, "{}"));

        Reply reply = phone.signIn(EMAIL, PASSWORD);

        assertEquals(401, reply.status());
        assertTrue(phone.tokens().isEmpty());
    }

    @Test
    void sendsNoTokenWithAnAnonymousCall(MobileClient phone) {
        phone.signIn(EMAIL, PASSWORD);

        Reply reply = phone.request("GET", "/v1/me").anonymous().send();

        assertEquals(401, reply.status());
        assertTrue(app.seen("/v1/auth/refresh").isEmpty());
    }

    @Test
    void refreshesWhenItsTokenIsRefusedAndAsksAgainUnderTheSameKey(MobileClient phone) {
        phone.signIn(EMAIL, PASSWORD);
        app.next("/v1/orders", (request, response) -> TinyApp.json(response, 401, "{}"));

        Reply reply = phone.post("/v1/orders", Map.of());

        assertEquals(201, reply.status());
        assertEquals(
                "{\"refreshToken\":\"refresh-1\"}", only("/v1/auth/refresh").body());
        assertEquals(1, keys("/v1/orders").stream().distinct().count());
        assertEquals(
                List.of("Bearer access-1", "Bearer access-2"),
                app.seen("/v1/orders").stream()
                        .map(seen -> seen.headers().get("authorization"))
                        .toList());
    }

    @Test
    void refreshesBeforeItsTokenExpires(MobileClient phone, TestClock clock) {
        phone.signIn(EMAIL, PASSWORD);

        clock.advance(Duration.ofSeconds(539));
        phone.get("/v1/me");
        assertTrue(app.seen("/v1/auth/refresh").isEmpty());
        clock.advance(Duration.ofSeconds(1));
        phone.get("/v1/me");

        assertEquals("Bearer access-2", app.seen("/v1/me").get(1).headers().get("authorization"));
    }

    @Test
    void refreshesOnceForTenRefusalsAtTheSameTime(MobileClient phone) {
        phone.signIn(EMAIL, PASSWORD);
        app.expireAccessTokens();
        var allTenAreIn = new CyclicBarrier(10);
        for (int i = 0; i < 10; i++) {
            app.next("/v1/me", (request, response) -> {
                Race.await(allTenAreIn);
                TinyApp.json(response, 401, "{}");
            });
        }

        List<Integer> statuses = Race.of(10, () -> phone.get("/v1/me").status());

        assertEquals(Collections.nCopies(10, 200), statuses);
        assertEquals(1, app.seen("/v1/auth/refresh").size());
    }

    @Test
    void sendsALostRefreshAgainWithTheSameTokenAndTheSameProof(MobileClient phone, NetworkProxy network) {
        phone.signIn(EMAIL, PASSWORD);
        network.cutNextResponse();

        Reply reply = phone.refresh();

        List<Seen> refreshes = app.seen("/v1/auth/refresh");
        assertEquals(200, reply.status());
        assertEquals(2, refreshes.size());
        assertEquals(refreshes.get(0).body(), refreshes.get(1).body());
        assertEquals(
                refreshes.get(0).headers().get("refresh-proof"),
                refreshes.get(1).headers().get("refresh-proof"));
    }

    @Test
    void provesTheInstallByAnHmacOfTheRefreshToken(MobileClient.Builder choices) {
        RandomGenerator zeros = () -> 0;
        MobileClient phone = choices.random(zeros).build();
        phone.signIn(EMAIL, PASSWORD);

        phone.refresh();

        // printf refresh-1 | openssl dgst -sha256 -mac HMAC -macopt hexkey:(64 zeros) -binary | base64url without
        // padding
        assertEquals(
                "nnv_iloXaA74qi8ph5U_w5A2haiocMvzwzJyoh4UM0Q",
                only("/v1/auth/refresh").headers().get("refresh-proof"));
    }

    @Test
    void sendsNoProofWhenItKnowsNothingOfThem(MobileClient.Builder choices) {
        MobileClient phone = choices.withoutProofs().build();
        phone.signIn(EMAIL, PASSWORD);

        phone.refresh();

        assertFalse(only("/v1/auth/refresh").headers().containsKey("refresh-proof"));
    }

    @Test
    void aThiefHasTheTokensButAnotherProof(MobileClient phone, MobileClient.Builder choices) {
        phone.signIn(EMAIL, PASSWORD);
        MobileClient thief = choices.tokens(phone.tokens().orElseThrow()).build();

        phone.refresh();
        thief.refresh();

        List<Seen> refreshes = app.seen("/v1/auth/refresh");
        assertEquals(refreshes.get(0).body(), refreshes.get(1).body());
        assertNotEquals(
                refreshes.get(0).headers().get("refresh-proof"),
                refreshes.get(1).headers().get("refresh-proof"));
    }

    @Test
    void isSignedOutWhenItsRefreshIsRefused(MobileClient phone) {
        phone.signIn(EMAIL, PASSWORD);
        app.expireAccessTokens();
        app.next("/v1/auth/refresh", (request, response) -> TinyApp.json(response, 401, "{}"));

        Reply reply = phone.get("/v1/me");

        assertEquals(401, reply.status());
        assertTrue(phone.tokens().isEmpty());
        assertThrows(IllegalStateException.class, phone::refresh);
    }

    @Test
    void staysSignedInWhenItsRefreshFailsForNow(MobileClient phone) {
        phone.signIn(EMAIL, PASSWORD);
        app.expireAccessTokens();
        app.next("/v1/auth/refresh", (request, response) -> TinyApp.json(response, 409, "{}"));

        assertEquals(401, phone.get("/v1/me").status());
        assertEquals(200, phone.get("/v1/me").status());
    }

    @Test
    void forgetsItsTokensWhenItSignsOut(MobileClient phone) {
        phone.signIn(EMAIL, PASSWORD);

        Reply reply = phone.signOut();

        assertEquals(204, reply.status());
        assertEquals("Bearer access-1", only("/v1/auth/sign-out").headers().get("authorization"));
        assertTrue(phone.tokens().isEmpty());
    }

    @Test
    void hidesItsTokensInText(MobileClient phone) {
        phone.signIn(EMAIL, PASSWORD);

        String shown = phone + " " + phone.tokens().orElseThrow();

        assertFalse(shown.contains("access-1") || shown.contains("refresh-1"), shown);
    }

    @Test
    void asksTheAuthEndpointsWhereTheyAre(MobileClient.Builder choices) {
        MobileClient phone = choices.auth(AuthPaths.under("/api/login")).build();

        phone.signUp(EMAIL, PASSWORD);

        assertEquals("POST", only("/api/login/sign-up").method());
    }

    private Seen only(String path) {
        List<Seen> requests = app.seen(path);
        assertEquals(1, requests.size(), () -> "requests to " + path);
        return requests.get(0);
    }

    private List<String> keys(String path) {
        return app.seen(path).stream()
                .map(request -> request.headers().getOrDefault("idempotency-key", "none"))
                .toList();
    }
}
