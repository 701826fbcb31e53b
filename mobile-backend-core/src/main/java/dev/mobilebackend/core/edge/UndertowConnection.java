// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a connection of Undertow's, which ends an answer that failed halfway as though it were whole. Other containers
 * abort when a filter throws. Reached by reflection, so that Undertow is needed nowhere else.
 */
final class UndertowConnection {

    private static final String RESPONSE = "io.undertow.servlet.spec.HttpServletResponseImpl";

    private UndertowConnection() {}

    /** Does nothing where the container is another one. */
    static void cut(ServletResponse response) throws IOException {
        Closeable connection = of(response);
        if (connection != null) {
            connection.close();
        }
    }

    /** Whether Undertow has hung up by itself, as it does on a body that it cannot read. */
    static boolean isCut(ServletResponse response) {
        try {
            return of(response) instanceof Channel connection && !connection.isOpen();
        } catch (IOException changed) {
            return false;
        }
    }

    private static @Nullable Closeable of(ServletResponse response) throws IOException {
        ServletResponse containers = response;
        while (containers instanceof ServletResponseWrapper wrapper) {
            containers = wrapper.getResponse();
        }
        if (!containers.getClass().getName().equals(RESPONSE)) {
            return null;
        }
        try {
            Object exchange = containers.getClass().getMethod("getExchange").invoke(containers);
            return (Closeable) exchange.getClass().getMethod("getConnection").invoke(exchange);
        } catch (ReflectiveOperationException changed) {
            throw new IOException("Undertow's connection could not be cut: its classes have changed", changed);
        }
    }
}
