// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.RunningApp;
import dev.mobilebackend.testkit.app.TestEnvironment;
import java.net.URI;
import java.util.Map;

/** The shop as tests run it: on the test's database and clock, its jobs run when a test says so. */
final class ShopUnderTest implements RunningApp {

    static final String ADMIN_PASSWORD = "an admin's long password";

    private static volatile ShopUnderTest running;

    private final Shop shop;
    private final RunningApp server;

    private ShopUnderTest(Shop shop) {
        this.shop = shop;
        this.server = RunningApp.javalin(shop.server());
    }

    static RunningApp start(TestEnvironment environment) {
        var settings = ShopSettings.from(Map.of("SHOP_ADMIN_PASSWORD", ADMIN_PASSWORD));
        var jobs = JdbiJobStore.of(environment.database(), environment.clock());
        var secret = ServerSecret.of(new byte[32]);
        var idempotency = new JdbiIdempotency(environment.database(), environment.clock());
        running = new ShopUnderTest(
                Shop.open(settings, environment.database(), jobs, idempotency, secret, environment.clock()));
        return running;
    }

    static void runJobs() {
        running.shop.schedules().tick();
        running.shop.worker().runDue();
    }

    @Override
    public URI uri() {
        return server.uri();
    }

    @Override
    public void close() {
        server.close();
        shop.close();
    }
}
