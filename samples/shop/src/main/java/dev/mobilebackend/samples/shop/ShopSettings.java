// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.health.DrainPolicy;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the environment says about how to run.
 *
 * @param development allows plain HTTP from this machine and shows sent mail under {@code /dev/outbox}
 * @param serverSecret Base64 of at least 32 bytes; without one a file beside the data keeps it
 * @param adminPassword of {@code admin@shop.example}; no admin without one
 * @param origin how apps address the shop; a device can bind its sessions to a key of its own only where it is set
 * @param grace how long it answers on after it was told to stop, so that load balancers notice
 */
public record ShopSettings(
        String host,
        int port,
        String databaseUrl,
        String databaseUser,
        String databasePassword,
        boolean development,
        @Nullable String serverSecret,
        @Nullable String adminPassword,
        @Nullable String origin,
        Duration grace) {

    /**
     * Reads them, with a default for each that is not set.
     *
     * @throws IllegalArgumentException naming the variable, what it was and what it may be
     */
    public static ShopSettings from(Map<String, String> environment) {
        String host = text(environment, "HOST", "127.0.0.1");
        boolean development = development(environment.get("SHOP_DEV"), host);
        return new ShopSettings(
                host,
                port(environment.getOrDefault("PORT", "8080")),
                text(environment, "DATABASE_URL", "jdbc:h2:file:./data/shop"),
                environment.getOrDefault("DATABASE_USER", ""),
                environment.getOrDefault("DATABASE_PASSWORD", ""),
                development,
                environment.get("SHOP_SECRET"),
                environment.get("SHOP_ADMIN_PASSWORD"),
                origin(environment.get("SHOP_ORIGIN")),
                grace(environment.get("SHOP_GRACE"), development));
    }

    /** The database's address without its options, which may hold a password. */
    public String databaseName() {
        return databaseUrl.split("[?;]", 2)[0];
    }

    @Override
    public String toString() {
        return "ShopSettings[" + host + ":" + port + ", development=" + development + "]";
    }

    private static String text(Map<String, String> environment, String name, String otherwise) {
        String text = environment.getOrDefault(name, otherwise);
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " must not be empty: give it a value, or do not set it");
        }
        return text;
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException("PORT must be a number from 0 to 65535, was '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    private static boolean development(@Nullable String text, String host) {
        if (text == null) {
            return host.equals("localhost") || isLoopback(host);
        }
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("SHOP_DEV must be true or false, was '" + text + "'");
        }
        return text.equals("true");
    }

    private static @Nullable String origin(@Nullable String text) {
        if (text != null && !text.matches("https?://[^/?#\\s]+")) {
            throw new IllegalArgumentException("SHOP_ORIGIN must be like https://api.shop.example, was '" + text + "'");
        }
        return text;
    }

    private static Duration grace(@Nullable String text, boolean development) {
        if (text == null) {
            return development ? Duration.ZERO : DrainPolicy.usual().grace();
        }
        if (!text.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("SHOP_GRACE must be a number of seconds up to 999, was '" + text + "'");
        }
        return Duration.ofSeconds(Integer.parseInt(text));
    }

    private static boolean isLoopback(String host) {
        try {
            return ClientAddress.parse(host).isLoopback();
        } catch (IllegalArgumentException aName) {
            return false;
        }
    }
}
