// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
        ServerSecret secret = secret(settings);
        HikariDataSource pool = pool(settings);
        Database database = Database.of(pool);
        Shop shop = Shop.open(
                settings, database, JdbiJobStore.of(database), new JdbiIdempotency(database), secret, Ambient.clock());
        Javalin server = shop.server();
        try {
            start(server, settings);
        } catch (IllegalArgumentException unable) {
            shop.close();
            pool.close();
            throw unable;
        }
        Runtime.getRuntime().addShutdownHook(Ambient.threads("shop-stop").newThread(() -> {
            shop.drain().run(server::stop);
            shop.close();
            pool.close();
            System.out.println("shop: stopped");
        }));
        shop.worker().start();
        String address = "http://" + settings.host() + ":" + server.port();
        System.out.println("shop: ready on " + address + ", database " + settings.databaseName() + ", try: curl '"
                + address + "/v1/products?limit=3'");
    }

    private static ServerSecret secret(ShopSettings settings) {
        if (settings.serverSecret() == null) {
            try {
                return ServerSecret.ofFile(SECRET_FILE, Ambient.random());
            } catch (UncheckedIOException unusable) {
                throw new IllegalArgumentException(
                        unusable.getMessage() + ": make the folder writable, or set SHOP_SECRET", unusable);
            }
        }
        try {
            return ServerSecret.ofBase64(settings.serverSecret());
        } catch (IllegalArgumentException unusable) {
            throw new IllegalArgumentException("SHOP_SECRET: " + unusable.getMessage(), unusable);
        }
    }

    private static void start(Javalin server, ShopSettings settings) {
        try {
            server.start(settings.host(), settings.port());
        } catch (JavalinBindException unable) {
            throw new IllegalArgumentException(
                    "could not listen on HOST " + settings.host() + ", PORT " + settings.port()
                            + ": HOST must be an address of this machine, and PORT one that nothing else listens on",
                    unable);
        }
    }

    private static HikariDataSource pool(ShopSettings settings) {
        var config = new HikariConfig();
        config.setPoolName("shop");
        config.setJdbcUrl(settings.databaseUrl());
        config.setUsername(settings.databaseUser());
        config.setPassword(settings.databasePassword());
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(2);
        config.setInitializationFailTimeout(TimeUnit.SECONDS.toMillis(10));
        if (settings.databaseUrl().startsWith("jdbc:h2:")) {
            // Its own shutdown hook would close the database under the jobs that are still draining.
            config.addDataSourceProperty("DB_CLOSE_ON_EXIT", "FALSE");
        } else {
            // A violated constraint's row would stand in the message, and so in the log.
            config.addDataSourceProperty("logServerErrorDetail", "false");
        }
        try {
            return new HikariDataSource(config);
        } catch (RuntimeException unreachable) {
            throw new IllegalArgumentException(
                    "could not connect to DATABASE_URL " + settings.databaseName() + ": " + innermost(unreachable),
                    unreachable);
        }
    }

    private static @Nullable String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }
}
