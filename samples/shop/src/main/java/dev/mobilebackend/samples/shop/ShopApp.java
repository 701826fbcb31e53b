// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import io.javalin.Javalin;
import java.nio.file.Path;

/** Runs the shop by itself, until it is told to stop. See {@link ShopSettings} for its environment. */
public final class ShopApp {

    private static final Path SECRET_FILE = Path.of("data", "secret");

    /** A claim, a heartbeat and eight jobs beside the requests. */
    private static final int CONNECTIONS = 16;

    private ShopApp() {}

    public static void main(String... arguments) {
        try {
            run(ShopSettings.from(System.getenv()));
        } catch (IllegalArgumentException unusable) {
            System.err.println("shop: " + unusable.getMessage());
            System.exit(2);
        }
    }

    private static void run(ShopSettings settings) {
        ServerSecret secret = settings.serverSecret() == null
                ? ServerSecret.ofFile(SECRET_FILE, Ambient.random())
                : ServerSecret.ofBase64(settings.serverSecret());
        HikariDataSource pool = pool(settings);
        Database database = Database.of(pool);
        Shop shop = Shop.open(settings, database, JdbiJobStore.of(database), secret, Ambient.clock());
        Javalin server = shop.server();
        Runtime.getRuntime().addShutdownHook(Ambient.threads("shop-stop").newThread(() -> {
            shop.health().drain();
            server.stop();
            shop.close();
            pool.close();
            System.out.println("shop: stopped");
        }));
        shop.worker().start();
        server.start(settings.host(), settings.port());
        String address = "http://" + settings.host() + ":" + server.port();
        System.out.println("shop: ready on " + address + ", database " + settings.databaseUrl() + ", try: curl "
                + address + "/v1/products?limit=3");
    }

    private static HikariDataSource pool(ShopSettings settings) {
        var config = new HikariConfig();
        config.setPoolName("shop");
        config.setJdbcUrl(settings.databaseUrl());
        config.setUsername(settings.databaseUser());
        config.setPassword(settings.databasePassword());
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(2);
        if (settings.databaseUrl().startsWith("jdbc:h2:")) {
            // Its own shutdown hook would close the database under the jobs that are still draining.
            config.addDataSourceProperty("DB_CLOSE_ON_EXIT", "FALSE");
        }
        return new HikariDataSource(config);
    }
}
