// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static dev.mobilebackend.samples.shop.ShopJourney.PASSWORD;
import static dev.mobilebackend.samples.shop.ShopJourney.assertProblem;
import static dev.mobilebackend.samples.shop.ShopJourney.codeSentTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.Call;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.clock.TestClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What the shop asks of a phone that has been signed in for long, and of staff in the place of a customer. */
class SensitiveStepsTest {

    @RegisterExtension
    static final MobileBackend SHOP = ShopJourney.shopOn(TestDatabase::h2);

    @Test
    void givesACopyOfEverythingToWhoeverHasShownLatelyWhoTheyAre(MobileClient phone, TestClock clock) {
        String email = ShopJourney.signUp(phone);
        clock.advance(Duration.ofMinutes(11));

        Reply refused = phone.get("/v1/me/export");
        assertProblem(401, "step-up-required", refused);
        assertEquals(600, refused.json().get("maxAge").asInt());
        phone.post("/v1/auth/step-up/code", Map.of());
        assertEquals(200, phone.stepUp(Map.of("code", codeSentTo(email, phone))).status());

        assertEquals(200, phone.get("/v1/me/export").status());
    }

    @Test
    void givesAGuestACopyWhoHasNothingToShow(MobileClient phone, TestClock clock) {
        phone.signInBy("/v1/auth/guest", Map.of());
        clock.advance(Duration.ofHours(1));

        assertEquals(200, phone.get("/v1/me/export").status());
    }

    @Test
    void staffSeeWhatACustomerSeesAndChangeNothing(MobileClient phone, MobileClient admin) {
        ShopJourney.signUp(phone);
        phone.post("/v1/orders", Map.of("productId", 1, "quantity", 1));
        JsonNode me = phone.get("/v1/me").json();
        admin.signIn("admin@shop.example", ShopUnderTest.ADMIN_PASSWORD);

        Reply begun = admin.post(
                "/v1/auth/impersonation",
                Map.of("accountId", me.get("id").asString(), "reason", "ticket 7: an order is missing"));

        assertEquals(200, begun.status(), begun::toString);
        String token = begun.json().get("accessToken").asString();
        assertEquals(me, as(token, admin.request("GET", "/v1/me")).json());
        assertEquals(
                1,
                as(token, admin.request("GET", "/v1/orders"))
                        .json()
                        .get("items")
                        .size());
        assertProblem(
                403,
                "not-in-person",
                as(token, admin.request("POST", "/v1/orders").json(Map.of("productId", 1, "quantity", 1))));
        assertProblem(
                403,
                "not-in-person",
                as(token, admin.request("PATCH", "/v1/me").mergePatch(Map.of("displayName", "Eve"))));
        assertProblem(
                403,
                "not-in-person",
                as(token, admin.request("DELETE", "/v1/me").json(Map.of("password", PASSWORD))));
        assertProblem(403, "not-in-person", as(token, admin.request("GET", "/v1/me/export")));
        assertProblem(403, "forbidden", as(token, admin.request("GET", "/v1/admin/jobs")));
        JsonNode newest =
                admin.get("/v1/admin/audit?limit=1").json().get("items").get(0);
        assertEquals("impersonation.begun", newest.get("type").asString());
        assertEquals(me.get("id"), newest.get("accountId"));
    }

    private static Reply as(String token, Call call) {
        return call.header("Authorization", "Bearer " + token).send();
    }
}
