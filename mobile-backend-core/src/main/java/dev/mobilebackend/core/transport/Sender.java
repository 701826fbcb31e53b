// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import dev.mobilebackend.core.exchange.ClientAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request to the outermost trusted proxy.
 *
 * @param client its address; where it remains unknown, that of the proxy which did not know it
 * @param known whether that is the client's address
 * @param secure whether it came over HTTPS
 * @param host the host, with its port if one was given, that it was for; null where no proxy says so
 */
public record Sender(
        ClientAddress client,
        boolean known,
        boolean secure,
        @Nullable String host) {}
