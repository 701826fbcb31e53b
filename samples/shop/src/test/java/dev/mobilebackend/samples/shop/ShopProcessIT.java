// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.testkit.app.RunningJar;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.RetryPolicy;
import dev.mobilebackend.testkit.client.Tokens;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The runnable jar, started and stopped for real. */
@Timeout(180)
class ShopProcessIT {

    private static final int ORDERS = 200;
    private static final int ENDED_AFTER = 80;

    @TempDir
    private Path folder;

    @Test
    void stopsCleanlyWhenItIsToldTo() throws Exception {
        RunningJar shop = ShopProcess.start(folder, Map.of());
        assertEquals(200, phone(shop, null).get("/health/ready").status());

        List<String> said = shop.terminate();

        assertEquals(List.of("shop: stopped"), said);
        assertEquals(143, shop.exitCode());
    }

    @Test
    void logsALineForEachRequestWhenItIsToldTo() throws Exception {
        String options = "-Dorg.slf4j.simpleLogger.logFile=System.out"
                + " -Dorg.slf4j.simpleLogger.log.dev.mobilebackend.access=info";
        RunningJar shop = ShopProcess.start(folder, Map.of("JAVA_TOOL_OPTIONS", options));
        phone(shop, null).get("/v1/products/7");
        phone(shop, null).get("/v1/me");

        // The hourly job says at some time how far the trail has come.
        List<String> said = shop.terminate().stream()
                .filter(line -> !line.contains(" INFO Auth - "))
                .toList();

        assertTrue(said.get(0).contains(" access - time="), said::toString);
        assertTrue(said.get(0).contains(" method=GET route=/v1/products/{id} status=200 "), said::toString);
        assertTrue(said.get(1).contains(" denied - time="), said::toString);
        assertTrue(said.get(1).endsWith(" problem=unauthenticated"), said::toString);
        assertEquals(List.of("shop: stopped"), said.subList(2, said.size()));
    }

    @Test
    void answersEveryOrderThatItTakesWhenItIsToldToStop() throws Exception {
        Map<Integer, String> accepted = new ConcurrentHashMap<>();
        Tokens tokens;
        try (RunningJar shop = ShopProcess.start(folder, Map.of())) {
            MobileClient phone = phone(shop, null);
            signUp(phone);
            tokens = phone.tokens().orElseThrow();
            orderUntil(shop::terminate, phone, accepted);
        }

        try (RunningJar again = ShopProcess.start(folder, Map.of())) {
            assertEquals(accepted.size(), ordersOf(phone(again, tokens)).size());
        }
    }

    @Test
    void saysInOneLineWhatItCannotStartWith() throws Exception {
        Map<String, String> wrong = Map.of(
                "PORT", "eighty",
                "SHOP_DEV", "maybe",
                "SHOP_SECRET", "c2hvcnQ=",
                "SHOP_GRACE", "a while",
                "SHOP_ORIGIN", "api.shop.example",
                "SHOP_ADMIN_PASSWORD", "short",
                "HOST", "no.such.invalid",
                "DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/shop?password=hunter2");
        for (Map.Entry<String, String> setting : wrong.entrySet()) {
            List<String> said = ShopProcess.fail(folder, Map.of(setting.getKey(), setting.getValue()));

            List<String> complaints =
                    said.stream().filter(line -> line.startsWith("shop: ")).toList();
            assertTrue(complaints.get(0).contains(setting.getKey()), said::toString);
            assertTrue(said.stream().noneMatch(line -> line.startsWith("\tat ")), said::toString);
            assertTrue(said.stream().noneMatch(line -> line.contains("hunter2")), said::toString);
            assertEquals(1, complaints.size(), said::toString);
        }
    }

    @Test
    void refusesPlainHttpAndHidesTheOutboxOutsideDevelopment() throws Exception {
        try (RunningJar shop = ShopProcess.start(folder, Map.of("SHOP_DEV", "false"))) {
            Reply refused = phone(shop, null).get("/v1/products");

            ShopJourney.assertProblem(403, "plain-http", refused);
            assertNull(refused.headers().get("Location"));
        }
    }

    @Test
    void keepsEveryAcceptedOrderAndMakesEachReceiptOnceThoughItIsKilledOnH2() throws Exception {
        survivesAKillAmongTwoHundredOrders(Map.of());
    }

    @Test
    void keepsEveryAcceptedOrderAndMakesEachReceiptOnceThoughItIsKilledOnPostgreSql() throws Exception {
        try (TestDatabase database = TestDatabase.postgres()) {
            survivesAKillAmongTwoHundredOrders(on(database));
        }
    }

    @Test
    void twoInstancesShareTokensAndWhatIsRevoked() throws Exception {
        try (TestDatabase database = TestDatabase.postgres()) {
            Map<String, String> environment = on(database);
            try (RunningJar one = ShopProcess.start(folder, environment);
                    RunningJar other = ShopProcess.start(folder, environment)) {
                MobileClient phone = phone(one, null);
                signUp(phone);
                MobileClient samePhone = phone(other, phone.tokens().orElseThrow());
                assertEquals(200, samePhone.get("/v1/me").status());

                assertEquals(204, phone.signOut().status());

                Reply reply = onceOnly(samePhone);
                while (reply.status() == 200 || reply.status() == 429) {
                    reply = onceOnly(samePhone);
                }
                ShopJourney.assertProblem(401, reply);
            }
        }
    }

    /** With the token as it is: the phone would refresh it when it is refused. */
    private static Reply onceOnly(MobileClient phone) {
        String token = phone.tokens().orElseThrow().accessToken();
        return phone.request("GET", "/v1/me")
                .header("Authorization", "Bearer " + token)
                .send();
    }

    private static Map<String, String> on(TestDatabase database) {
        return Map.of(
                "DATABASE_URL", database.jdbcUrl(),
                "DATABASE_USER", database.user(),
                "DATABASE_PASSWORD", database.password());
    }

    private void survivesAKillAmongTwoHundredOrders(Map<String, String> environment) throws Exception {
        Map<Integer, String> accepted = new ConcurrentHashMap<>();
        Tokens tokens;
        try (RunningJar shop = ShopProcess.start(folder, environment)) {
            MobileClient phone = phone(shop, null);
            signUp(phone);
            tokens = phone.tokens().orElseThrow();
            orderUntil(shop::kill, phone, accepted);
        }
        assertTrue(accepted.size() >= ENDED_AFTER && accepted.size() < ORDERS, accepted.size() + " were accepted");

        try (RunningJar again = ShopProcess.start(folder, environment)) {
            MobileClient phone = phone(again, tokens);
            for (int i = 0; i < ORDERS; i++) {
                Reply answer = order(phone, i);
                assertEquals(201, answer.status(), answer::toString);
                String before = accepted.putIfAbsent(i, answer.text());
                assertTrue(before == null || before.equals(answer.text()), "order " + i + " has another answer");
            }
            Set<String> ids = ordersOf(phone);

            assertEquals(ORDERS, ids.size());
            assertEquals(
                    10_000 - ORDERS,
                    phone.get("/v1/products/1").json().get("stock").asInt());
            // The last: who asks for receipts without a pause may have to wait for everything else.
            assertEquals(ORDERS, receiptNumbers(phone, ids).size());
        }
    }

    /** Sends all orders from four threads, and ends the shop when some of them have been answered. */
    private static void orderUntil(Runnable end, MobileClient phone, Map<Integer, String> accepted) throws Exception {
        var enough = new CountDownLatch(ENDED_AFTER);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> sent = new ArrayList<>();
            IntStream.range(0, ORDERS)
                    .forEach(i -> sent.add(threads.submit(() -> {
                        try {
                            Reply answer = order(phone, i);
                            if (answer.status() == 503) {
                                assertEquals(0, enough.getCount(), "an order was refused before the shop ended");
                                return;
                            }
                            assertEquals(201, answer.status(), answer::toString);
                            accepted.put(i, answer.text());
                            enough.countDown();
                        } catch (UncheckedIOException ended) {
                            assertEquals(0, enough.getCount(), "an order was lost before the shop ended");
                        }
                    })));
            enough.await();
            end.run();
            for (Future<?> order : sent) {
                order.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Reply order(MobileClient phone, int number) {
        return phone.request("POST", "/v1/orders")
                .header("Idempotency-Key", "order-" + number)
                .json(Map.of("productId", 1, "quantity", 1))
                .send();
    }

    private static Set<String> ordersOf(MobileClient phone) {
        var ids = new ArrayList<String>();
        JsonNode page = phone.get("/v1/orders?limit=100").json();
        page.get("items").forEach(order -> ids.add(order.get("id").asString()));
        while (!page.get("nextCursor").isNull()) {
            page = phone.get("/v1/orders?limit=100&cursor="
                            + page.get("nextCursor").asString())
                    .json();
            page.get("items").forEach(order -> ids.add(order.get("id").asString()));
        }
        assertEquals(ids.size(), new HashSet<>(ids).size(), "an order is listed twice");
        return Set.copyOf(ids);
    }

    /** Asks until the jobs have made them all. */
    private static Set<Long> receiptNumbers(MobileClient phone, Set<String> orders) {
        var numbers = new HashSet<Long>();
        for (String id : orders) {
            Reply receipt = phone.get("/v1/orders/" + id + "/receipt");
            while (receipt.status() == 202 || receipt.status() == 429) {
                receipt = phone.get("/v1/orders/" + id + "/receipt");
            }
            assertEquals(200, receipt.status(), receipt::toString);
            assertTrue(numbers.add(receipt.json().get("number").asLong()), "a receipt number is used twice");
        }
        return numbers;
    }

    private static void signUp(MobileClient phone) {
        String email = ShopJourney.newAddress();
        assertEquals(202, phone.signUp(email, ShopJourney.PASSWORD).status());
        JsonNode messages = phone.get("/dev/outbox?to=" + email).json().get("messages");
        while (messages.isEmpty()) {
            messages = phone.get("/dev/outbox?to=" + email).json().get("messages");
        }
        String code = messages.get(0).get("code").asString();
        assertFalse(code.isEmpty());
        assertEquals(200, phone.verify(email, code).status());
    }

    private static MobileClient phone(RunningJar shop, Tokens tokens) {
        URI uri = shop.uri();
        MobileClient.Builder builder = MobileClient.builder(uri).retry(RetryPolicy.NEVER);
        return tokens == null ? builder.build() : builder.tokens(tokens).build();
    }
}
