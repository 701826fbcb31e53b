// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.tomcat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

/** Where it listens and keeps its data, as the environment says. */
record Settings(InetAddress host, int port, HikariConfig database) {

    /**
     * Reads them, with a default for each that is not set.
     *
     * @throws IllegalArgumentException naming the variable, what it was and what it may be
     */
    static Settings from(Map<String, String> environment) {
        var database = new HikariConfig();
        // H2's own shutdown hook would close the database under requests that are still being answered.
        database.setJdbcUrl(text(environment, "DATABASE_URL", "jdbc:h2:file:./data/tomcat;DB_CLOSE_ON_EXIT=FALSE"));
        database.setUsername(environment.getOrDefault("DATABASE_USER", ""));
        database.setPassword(environment.getOrDefault("DATABASE_PASSWORD", ""));
        return new Settings(
                host(text(environment, "HOST", "127.0.0.1")), port(text(environment, "PORT", "8080")), database);
    }

    /** Connections to the database, of which the first is made now. */
    HikariDataSource connect() {
        try {
            return new HikariDataSource(database);
        } catch (RuntimeException unreachable) {
            Throwable cause = unreachable;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            String name = database.getJdbcUrl().split("[?;]", 2)[0]; // options may hold a password
            throw new IllegalArgumentException(
                    "could not connect to DATABASE_URL " + name + ": " + cause.getMessage(), unreachable);
        }
    }

    /** What is wrong where a server cannot listen there. */
    IllegalArgumentException unusable(Exception cause) {
        return new IllegalArgumentException(
                "could not listen on HOST " + host.getHostAddress() + ", PORT " + port + ": HOST must be an address of"
                        + " this machine, and PORT one that nothing else listens on",
                cause);
    }

    private static String text(Map<String, String> environment, String name, String otherwise) {
        String text = environment.getOrDefault(name, otherwise);
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " must not be empty: give it a value, or do not set it");
        }
        return text;
    }

    private static InetAddress host(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(
                    "HOST must be an address or a name of this machine, was '" + text + "'", unknown);
        }
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException("PORT must be a number from 0 to 65535, was '" + text + "'");
        }
        return Integer.parseInt(text);
    }
}
