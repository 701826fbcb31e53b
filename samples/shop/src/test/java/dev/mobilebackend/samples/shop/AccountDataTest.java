// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What is kept of an account: its owner gets a copy of it, and once the account is gone so is all of it. */
class AccountDataTest {

    /**
     * Every table that says whose its rows are, and where the copy has them. Whoever adds a table says it here.
     */
    private static final Map<String, String> EXPORTED = Map.of(
            "mb_auth_sessions", "account/sessions",
            "shop_order", "orders",
            "mb_push_device", "phones");

    /**
     * Tables whose rows are not in the copy, since their subject has not given them (GDPR article 20): the trail is the
     * operator's and may tell of others, and devices are known by tags that nobody can read.
     */
    private static final Set<String> NOT_EXPORTED = Set.of("mb_auth_audit", "mb_auth_devices");

    /**
     * What may name an account that is gone: the chain, by an id that nothing else has, and the provider's own copy.
     */
    private static final Set<String> STAYS =
            Set.of("mb_auth_audit.account_id", "mb_auth_audit.actor_id", "shop_mail.recipient");

    @RegisterExtension
    static final MobileBackend SHOP = ShopJourney.shopOn(TestDatabase::postgres);

    @Test
    void theCopyHasWhatEachTableKeepsOfItsOwner(MobileClient phone, TestDatabase database) {
        Traces traces = live(phone);

        JsonNode copy = phone.get("/v1/me/export").json();

        var tables = new TreeSet<>(EXPORTED.keySet());
        tables.addAll(NOT_EXPORTED);
        assertEquals(tables, tablesOfAccounts(database));
        EXPORTED.forEach((table, place) -> assertTrue(!copy.at("/" + place).isEmpty(), table + " is not in " + copy));
        assertEquals(
                Set.of("id", "email", "phone", "displayName", "roles", "createdAt", "sessions"),
                new TreeSet<>(copy.get("account").propertyNames()));
        assertTrue(copy.at("/account/sessions").toString().contains(traces.device()), copy::toString);
    }

    @Test
    void nothingNamesAnAccountThatIsGoneButTheTrail(MobileClient phone, TestDatabase database) {
        Traces traces = live(phone);
        Map<String, Set<String>> before = traces.in(database);

        Reply deleted = phone.request("DELETE", "/v1/me")
                .json(Map.of("password", ShopJourney.PASSWORD))
                .send();
        ShopUnderTest.runJobs();

        assertEquals(204, deleted.status(), deleted::toString);
        for (String place : List.of(
                "mb_auth_accounts.id",
                "mb_auth_accounts.phone",
                "mb_auth_sessions.device_name",
                "mb_auth_codes.contact",
                "mb_auth_audit.details",
                "mb_push_device.owner",
                "mb_push_device.token",
                "shop_order.account_id")) {
            assertTrue(before.containsKey(place), place + " had nothing to lose: " + before);
        }
        Map<String, Set<String>> after = traces.in(database);
        after.keySet().removeAll(STAYS);
        // A failed try has no account by which to find it, and its device is nobody's by now.
        assertEquals(Map.of("mb_auth_audit.details", Set.of(phone.deviceId())), after);
    }

    /** Texts by which a person can be recognised. */
    private record Traces(List<String> texts, String device) {

        /** Which of them stand in which columns. */
        Map<String, Set<String>> in(TestDatabase database) {
            var found = new TreeMap<String, Set<String>>();
            database.database().useTransaction(handle -> {
                for (String table : tables(handle)) {
                    for (Map<String, Object> row : handle.createQuery("SELECT * FROM " + table)
                            .mapToMap()
                            .list()) {
                        row.forEach((column, cell) -> look(table + "." + column.toLowerCase(Locale.ROOT), cell, found));
                    }
                }
            });
            return found;
        }

        private void look(String place, Object cell, Map<String, Set<String>> found) {
            String text = cell instanceof byte[] raw ? new String(raw, StandardCharsets.UTF_8) : String.valueOf(cell);
            for (String trace : texts) {
                if (text.contains(trace)) {
                    found.computeIfAbsent(place, first -> new TreeSet<>()).add(trace);
                }
            }
        }
    }

    /** Leaves a trace in every room. */
    private static Traces live(MobileClient phone) {
        String email = ShopJourney.signUp(phone);
        String newEmail = ShopJourney.newAddress();
        String number = "+4930%07d".formatted(Integer.parseInt(email.replaceAll("\\D", "")));
        String device = "the device of no. " + email.replaceAll("\\D", "");
        String name = "person no. " + email.replaceAll("\\D", "");
        Map<String, String> credentials = Map.of("email", email, "password", ShopJourney.PASSWORD);
        Reply signedIn = phone.request("POST", "/v1/auth/sign-in")
                .anonymous()
                .header("Device-Name", device)
                .json(credentials)
                .send();
        assertEquals(200, signedIn.status(), signedIn::toString);
        phone.post("/v1/auth/sign-in", Map.of("email", email, "password", "mistyped by its owner"));
        phone.post("/v1/auth/phone/change", Map.of("phone", number, "password", ShopJourney.PASSWORD));
        String code = ShopJourney.codeSentTo(number.replace("+", "%2B"), phone);
        assertEquals(
                200, phone.post("/v1/auth/phone/confirm", Map.of("code", code)).status());
        phone.post("/v1/auth/address/change", Map.of("email", newEmail, "password", ShopJourney.PASSWORD));
        phone.post("/v1/auth/password/forgot", Map.of("email", email));
        String etag = phone.get("/v1/me").header("ETag").orElseThrow();
        phone.request("PATCH", "/v1/me")
                .header("If-Match", etag)
                .mergePatch(Map.of("displayName", name))
                .send();
        String token = "the-push-token-of-no-" + email.replaceAll("\\D", "");
        assertEquals(
                204,
                phone.request("PUT", "/v1/me/push")
                        .json(Map.of("platform", "FCM", "token", token))
                        .send()
                        .status());
        phone.post("/v1/orders", Map.of("productId", 1, "quantity", 1));
        ShopUnderTest.runJobs();
        String id = phone.get("/v1/me").json().get("id").asString();
        return new Traces(List.of(id, email, newEmail, number, phone.deviceId(), device, name, token), device);
    }

    private static Set<String> tablesOfAccounts(TestDatabase database) {
        return database.database()
                .withHandle(handle -> new TreeSet<>(handle.createQuery(
                                "SELECT table_name FROM information_schema.columns "
                                        + "WHERE table_schema = 'public' AND (column_name = 'account_id' OR column_name = 'owner' AND table_name LIKE 'mb_push%')")
                        .mapTo(String.class)
                        .list()));
    }

    private static List<String> tables(Handle handle) {
        return handle.createQuery("SELECT table_name FROM information_schema.tables "
                        + "WHERE table_schema = 'public' AND table_name <> 'shop_product'")
                .mapTo(String.class)
                .list();
    }
}
