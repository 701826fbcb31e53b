// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two instances behind a balancer that asks them whether they are ready; each is replaced while clients never pause.
 */
@Timeout(180)
class RollingRestartTest {

    private static final int CLIENTS = 4;
    private static final int BETWEEN_RESTARTS = 200;
    private static final int ONE_IN_TWELVE = 12;

    private final Instant start = Instant.parse("2026-11-23T12:00:00Z");
    private final AtomicLong sent = new AtomicLong();
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<BalancedShop> shops = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void losesNoRequest(long seed) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (TestDatabase database = TestDatabase.h2()) {
            shops.add(open(database));
            shops.add(open(database));
            String token = signUp(shops.get(0));
            shops.forEach(BalancedShop::beginToBalance);
            List<Future<?>> work = new ArrayList<>();
            work.add(threads.submit(this::askWhetherTheyAreReady));
            for (int i = 0; i < CLIENTS; i++) {
                String client = "seed-" + seed + "-client-" + i;
                work.add(threads.submit(() -> sendWithoutPause(client, token)));
            }
            try {
                for (BalancedShop old : List.copyOf(shops)) {
                    awaitAnswers();
                    shops.add(open(database));
                    old.leave();
                    shops.remove(old);
                }
                awaitAnswers();
            } finally {
                over.set(true);
                for (Future<?> one : work) {
                    one.get();
                }
                shops.forEach(BalancedShop::close);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(List.of(), List.copyOf(lost));
    }

    /** Time moves with each request, quickly enough that no limit is reached. */
    private BalancedShop open(TestDatabase database) {
        return BalancedShop.start(database, () -> start.plusMillis(11 * sent.get()));
    }

    private static String signUp(BalancedShop shop) {
        MobileClient phone = MobileClient.builder(shop.uri()).build();
        String email = ShopJourney.newAddress();
        assertEquals(202, phone.signUp(email, ShopJourney.PASSWORD).status());
        shop.shop().worker().runDue();
        String code = phone.get("/dev/outbox?to=" + email)
                .json()
                .get("messages")
                .get(0)
                .get("code")
                .asString();
        assertEquals(200, phone.verify(email, code).status());
        return phone.tokens().orElseThrow().accessToken();
    }

    private void awaitAnswers() {
        int enough = answered.get() + BETWEEN_RESTARTS;
        while (answered.get() < enough && lost.isEmpty()) {
            Thread.onSpinWait();
        }
    }

    private void askWhetherTheyAreReady() {
        Map<BalancedShop, KeptConnection> kept = new HashMap<>();
        while (!over.get()) {
            for (BalancedShop shop : shops) {
                if (shop.isToBeAsked()) {
                    int status = send(kept, shop, "GET", "/health/ready", Map.of(), "");
                    shop.ready(status == 200);
                }
            }
        }
        close(kept);
    }

    private void sendWithoutPause(String client, String token) {
        var random = new Random(client.hashCode());
        Map<BalancedShop, KeptConnection> kept = new HashMap<>();
        while (!over.get()) {
            List<BalancedShop> known = List.copyOf(shops);
            BalancedShop shop = known.get(random.nextInt(known.size()));
            if (!shop.takes()) {
                continue;
            }
            sent.incrementAndGet();
            int status;
            int expected;
            if (random.nextInt(ONE_IN_TWELVE) == 0) {
                Map<String, String> fields = Map.of(
                        "Authorization", "Bearer " + token, "Idempotency-Key", client + "-" + random.nextInt(1 << 30));
                status = send(kept, shop, "POST", "/v1/orders", fields, "{\"productId\":1,\"quantity\":1}");
                expected = 201;
            } else {
                status = send(kept, shop, "GET", "/v1/products/" + (1 + random.nextInt(500)), Map.of(), "");
                expected = 200;
            }
            if (status == expected) {
                answered.incrementAndGet();
            } else {
                lost.add("answered with " + status + " by " + shop.uri());
            }
        }
        close(kept);
    }

    /** The status, or nothing where the request is lost. */
    private int send(
            Map<BalancedShop, KeptConnection> kept,
            BalancedShop shop,
            String method,
            String path,
            Map<String, String> fields,
            String body) {
        try {
            return kept.computeIfAbsent(shop, any -> new KeptConnection(any.uri()))
                    .send(method, path, fields, body)
                    .status();
        } catch (IOException e) {
            lost.add(method + " " + path + " to " + shop.uri() + ": " + e);
            shop.lost();
            return 0;
        }
    }

    private static void close(Map<BalancedShop, KeptConnection> kept) {
        kept.values().forEach(KeptConnection::close);
    }
}
